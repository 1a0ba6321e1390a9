package io.mempair.ha.cli;

import io.mempair.ha.admin.JsonWriter;
import io.mempair.ha.config.ConfigException;
import io.mempair.ha.config.ProxyValues;
import io.mempair.ha.probe.DrillReport;
import io.mempair.ha.probe.DrillReport.Step;
import io.mempair.ha.probe.ProbeOutcome;
import io.mempair.ha.probe.ProbeSummary;
import io.mempair.ha.probe.ProbeTarget;
import io.mempair.ha.probe.WriteSummary;
import io.mempair.ha.time.SystemClock;
import io.mempair.proxy.config.FailureText;
import io.mempair.proxy.config.ServerAddress;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintWriter;
import java.nio.charset.Charset;
import java.time.Duration;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code mempair drill}: a failover on purpose, and what a client saw of it. */
@Command(
        name = "drill",
        description = "Moves the active node to the peer and back while a probe reads and a client writes, and prints"
                + " the outage and the lost writes.",
        exitCodeListHeading = ExitCodes.HEADING,
        exitCodeList = {
            "0:the address is back and no acknowledged write was lost",
            "1:it is not so, or the drill could not begin",
            ExitCodes.WRONG
        },
        footer = {
            "",
            "Begins only when the pair is fine (mempair status --check), and runs from either node. With --crash it must"
                    + " run on the active one, whose process it kills; something, as systemd does, has to start it"
                    + " again.",
            "It writes keys that begin with mempair-drill- and removes them. The outage is the one that this host sees:"
                    + " run mempair probe on a client meanwhile for that of the client.",
            "",
            "Examples:",
            "  mempair drill",
            "  mempair drill --crash --yes --timeout 2m",
            "  mempair drill --target 10.0.0.100:11212 --tls --every 20ms --json"
        },
        mixinStandardHelpOptions = true,
        versionProvider = Version.class)
final class DrillCommand implements Callable<Integer> {

    @Option(names = "--crash", description = "kill -9 the active node instead of the first switchover")
    private boolean crash;

    @Option(names = "--yes", description = "the consent that --crash asks for")
    private boolean yes;

    @Option(
            names = "--target",
            paramLabel = "HOST:PORT",
            description = "where clients ask (default: the virtual address and the first port of proxy.listen)")
    private String target = "";

    @Option(names = "--tls", description = "the port has TLS; its certificate is not looked at")
    private boolean tls;

    @Option(names = "--every", paramLabel = "TIME", description = "between two reads, and two writes (default: 5ms)")
    private String every = "5ms";

    @Option(
            names = "--timeout",
            paramLabel = "TIME",
            description = "for a node to be a standby again, a killed one to be restarted (default: 60s)")
    private String timeout = "60s";

    @Option(names = "--json", description = "one line of JSON")
    private boolean json;

    @Mixin
    private ControlOptions node = new ControlOptions();

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private CommandSpec spec;

    @Override
    public Integer call() throws CommandFailure, ConfigException, InterruptedException {
        Duration period = Flags.read(spec.commandLine(), "--every", every, Flags::positive);
        Duration limit = Flags.read(spec.commandLine(), "--timeout", timeout, Flags::positive);
        if (yes && !crash) {
            throw new ParameterException(spec.commandLine(), "--yes: does nothing without --crash");
        }
        DrillRun.requirePair(node);
        DrillRun.DrilledMember self = DrillRun.DrilledMember.of(node);
        ServerAddress address = address(self.clients());
        DrillRun.requireFine(node);
        if (crash) {
            requireConsent(self);
        }
        var asked = new ProbeTarget(address.host(), address.port(), tls);
        var run = new DrillRun(node, asked, period, limit, new SystemClock(), this::say);
        DrillReport report = crash ? run.crash(self) : run.switchovers(self);
        PrintWriter out = spec.commandLine().getOut();
        out.println(json ? asJson(report) : asText(report));
        out.flush();
        return report.good() ? 0 : 1;
    }

    private ServerAddress address(String ofNode) {
        if (target.isEmpty() && ofNode.equals("-")) {
            throw new ParameterException(
                    spec.commandLine(),
                    "--target: missing, and the node has no proxy.listen (expected: HOST:PORT, and --tls if it has TLS)");
        }
        return Flags.read(
                spec.commandLine(),
                "--target",
                target.isEmpty() ? ofNode : target,
                text -> ProxyValues.address(text, ServerAddress.MEMCACHED_PORT));
    }

    private void requireConsent(DrillRun.DrilledMember self) throws CommandFailure {
        if (!self.name().equals(self.active())) {
            throw new CommandFailure(
                    "--crash kills the active node, which is " + self.active() + ": run it on that host");
        }
        if (yes) {
            return;
        }
        say("This kills node " + self.name() + ", process " + self.pid()
                + ". Type the name of the node to go on, or use --yes:");
        if (!self.name().equals(typed())) {
            throw CommandFailure.refused("mempair drill: nothing was done (expected: the name of the node, or --yes)");
        }
    }

    /** One line of whoever runs this; empty where nobody can be asked. */
    private static String typed() throws CommandFailure {
        try {
            String line = new BufferedReader(new InputStreamReader(System.in, Charset.defaultCharset())).readLine();
            return line == null ? "" : line.strip();
        } catch (IOException e) {
            throw new CommandFailure("no consent can be read: " + FailureText.of(e), e);
        }
    }

    private void say(String line) {
        spec.commandLine().getErr().println(line);
        spec.commandLine().getErr().flush();
    }

    private static String asText(DrillReport report) {
        StringBuilder text = new StringBuilder();
        for (Step step : report.steps()) {
            ProbeSummary seen = step.seen();
            text.append(step.what())
                    .append(", ")
                    .append(step.from())
                    .append(" to ")
                    .append(step.to())
                    .append(": longest outage ")
                    .append(millis(seen))
                    .append(" ms, ")
                    .append(seen.total() - seen.count(ProbeOutcome.ANSWERED))
                    .append(" of ")
                    .append(seen.total())
                    .append(" reads failed")
                    .append(System.lineSeparator());
        }
        WriteSummary writes = report.writes();
        text.append("writes: ")
                .append(writes.acknowledged())
                .append(" acknowledged, ")
                .append(writes.lost())
                .append(" of them lost; ")
                .append(writes.failed())
                .append(" failed, ")
                .append(writes.connections())
                .append(" connections");
        if (report.unfinished() != null) {
            text.append(System.lineSeparator()).append(report.unfinished());
        }
        return text.toString();
    }

    private static String asJson(DrillReport report) {
        JsonWriter json = new JsonWriter().beginObject().beginArray("steps");
        for (Step step : report.steps()) {
            json.beginObject()
                    .field("what", step.what())
                    .field("from", step.from())
                    .field("to", step.to())
                    .field("longest_outage_ms", millis(step.seen()))
                    .field("reads", step.seen().total())
                    .field("answered", step.seen().count(ProbeOutcome.ANSWERED))
                    .endObject();
        }
        WriteSummary writes = report.writes();
        return json.endArray()
                .name("writes")
                .beginObject()
                .field("acknowledged", writes.acknowledged())
                .field("lost", writes.lost())
                .field("failed", writes.failed())
                .field("connections", writes.connections())
                .endObject()
                .field("unfinished", report.unfinished())
                .field("good", report.good())
                .endObject()
                .toString();
    }

    private static long millis(ProbeSummary seen) {
        return Math.round(seen.longestNanos() / 1e6);
    }
}
