package io.mempair.ha.cli;

import io.mempair.ha.config.ConfigException;
import io.mempair.ha.config.ConfigReader;
import io.mempair.ha.config.ConfigText;
import io.mempair.ha.locate.HeldItems;
import io.mempair.ha.locate.RebalancePlan;
import io.mempair.ha.time.SystemClock;
import io.mempair.proxy.config.PoolConfig;
import io.mempair.proxy.config.ServerAddress;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code mempair rebalance}: what a change of servers would move, what it is doing, or giving it up. */
@Command(
        name = "rebalance",
        description =
                "Says what the rebalance of the proxy on this host is doing: which keys that a reload moves are copied.",
        exitCodeListHeading = ExitCodes.HEADING,
        exitCodeList = {
            "0:it is said, planned or given up",
            "1:there is no answer, there is nothing to give up, or the change that is planned would be refused",
            ExitCodes.WRONG
        },
        footer = {
            "",
            "status     what it is doing; so without a word",
            "plan FILE  what a reload of FILE would move, server by server; asks the servers themselves, and changes nothing",
            "abort      gives it up: the former servers go on to serve, or serve again while they are kept equal; nothing is lost",
            "finish     ends the time in which the former servers are kept equal: what is left behind is deleted",
            "",
            "Examples:",
            "  mempair rebalance",
            "  mempair rebalance plan /etc/mempair/proxy.yaml && mempair reload",
            "  mempair wait rebalanced --timeout 60m",
            "  mempair rebalance abort"
        },
        mixinStandardHelpOptions = true,
        versionProvider = Version.class)
final class RebalanceCommand implements Callable<Integer> {

    /** What it can be told. */
    enum Order {
        status,
        plan,
        abort,
        finish
    }

    @Parameters(
            index = "0",
            arity = "0..1",
            paramLabel = "WHAT",
            description = "${COMPLETION-CANDIDATES} (default: status)")
    private Order order = Order.status;

    @Parameters(
            index = "1",
            arity = "0..1",
            paramLabel = "FILE",
            description = "for plan: the file to compare with what runs")
    private String file = "";

    @Mixin
    private ControlOptions node = new ControlOptions();

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private CommandSpec spec;

    @Override
    public Integer call() throws CommandFailure, ConfigException {
        if ((order == Order.plan) == file.isEmpty()) {
            throw new ParameterException(
                    spec.commandLine(),
                    file.isEmpty()
                            ? "FILE: missing (expected: plan FILE)"
                            : "'" + file + "' is too much (expected: " + order + ')');
        }
        return switch (order) {
            case status -> print(node.act("rebalance"));
            case finish -> print(node.act("rebalance finish"));
            case abort -> print(node.act("rebalance abort"));
            case plan -> plan();
        };
    }

    private int print(String text) {
        PrintWriter out = spec.commandLine().getOut();
        out.println(text);
        out.flush();
        return 0;
    }

    private int plan() throws CommandFailure, ConfigException {
        PoolConfig wanted = wanted(Path.of(file));
        PoolConfig running = ConfigReader.readPlacement(node.ask("placement"));
        Optional<ServerAddress> inBoth = running.inBothTiers().or(wanted::inBothTiers);
        if (inBoth.isPresent()) {
            throw CommandFailure.refused(file + ": server " + inBoth.get()
                    + " is in servers and in backups (expected: each in one, else nothing is copied; mempair reload"
                    + " --dry-run says how many keys move)");
        }
        RebalancePlan plan = RebalancePlan.of(
                running,
                wanted,
                HeldItems.of(RebalancePlan.servers(running, wanted), wanted.security(), new SystemClock()));
        print(TableView.of(plan.tables(wanted.rebalance().keysPerSecond()), Ansi.AUTO));
        return plan.problems().isEmpty() ? 0 : 1;
    }

    private static PoolConfig wanted(Path path) throws ConfigException {
        ConfigText text = ConfigText.ofFileOrPipe(path);
        return ConfigReader.describesNode(text)
                ? ConfigReader.readNode(text).proxy().pool()
                : ConfigReader.readProxy(text).proxy().pool();
    }
}
