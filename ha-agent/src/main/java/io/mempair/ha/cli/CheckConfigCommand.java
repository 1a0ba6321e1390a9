package io.mempair.ha.cli;

import io.mempair.ha.admin.ControlClient;
import io.mempair.ha.check.HandoverNeeds;
import io.mempair.ha.check.HostCheck;
import io.mempair.ha.check.HostCheck.HostFindings;
import io.mempair.ha.check.LoopbackServers;
import io.mempair.ha.check.OpenFileLimit;
import io.mempair.ha.config.AdminConfig;
import io.mempair.ha.config.ConfigException;
import io.mempair.ha.config.ConfigReader;
import io.mempair.ha.config.ConfigText;
import io.mempair.ha.config.NodeConfig;
import io.mempair.ha.config.NodeFile;
import io.mempair.ha.config.ProxyFile;
import io.mempair.ha.time.SystemClock;
import io.mempair.proxy.config.PoolConfig;
import io.mempair.proxy.config.ProxyConfig;
import io.mempair.proxy.config.ServerAddress;
import io.mempair.proxy.route.MovedKeys;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code mempair check-config}: reads a file as the node would, looks at the host if it is the node's, and starts nothing. */
@Command(
        name = "check-config",
        description =
                "Checks a file, and this host if it is the node's own, and starts nothing; every problem is shown with its"
                        + " place. If the node or proxy runs"
                        + " on this host, it says how many keys a reload would move to another server.",
        exitCodeListHeading = ExitCodes.HEADING,
        exitCodeList = {
            "0:the file is good; what is worth a warning is written to standard error",
            "1:the check did not work",
            "2:the file, or this host for it, cannot be right: each message says what"
        },
        footer = {"", "Example:", "  mempair check-config /etc/mempair/mempair.yaml && mempair reload"},
        mixinStandardHelpOptions = true,
        versionProvider = Version.class)
final class CheckConfigCommand implements Callable<Integer> {

    private static final HostFindings ONLY_THE_FILE = new HostFindings(false, List.of(), List.of());

    @Parameters(paramLabel = "FILE", description = "a file of a node, of a witness or of a proxy alone")
    private String file = "";

    @Option(names = "--file-only", description = "looks at the file alone, as on another host than the node's")
    private boolean fileOnly;

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private CommandSpec spec;

    @Override
    public Integer call() throws ConfigException, CommandFailure {
        Path path = Path.of(file);
        ConfigText text = ConfigText.ofFileOrPipe(path);
        String what;
        if (ConfigReader.describesWitness(text)) {
            what = "witness " + ConfigReader.readWitness(text).name();
        } else if (ConfigReader.describesNode(text)) {
            what = node(path, text);
        } else {
            ProxyFile alone = ConfigReader.readProxy(text);
            AdminConfig admin = alone.admin();
            warn(path, openFiles(alone.proxy(), "mempair-proxy.service"));
            what = "a proxy on " + alone.proxy().listeners()
                    + moved(
                            admin == null ? null : admin.control(),
                            alone.proxy().pool());
        }
        spec.commandLine().getOut().println(path + ": good, " + what);
        spec.commandLine().getOut().flush();
        return 0;
    }

    /** The node, if its file is good, and this host if it is its own; what is wrong with either is told at once. */
    private String node(Path path, ConfigText text) throws CommandFailure, ConfigException {
        NodeFile node = ConfigReader.readNodeFile(text);
        HostFindings host = fileOnly ? ONLY_THE_FILE : look(node);
        warn(path, host.warnings());
        if (node.group() != null && node.proxy() != null) {
            warn(
                    path,
                    LoopbackServers.warnings(node.group(), servers(node.proxy().pool())));
        }
        if (!node.problems().isEmpty() || !host.problems().isEmpty()) {
            throw CommandFailure.refused(Stream.concat(
                            node.problems().stream(), host.problems().stream().map(problem -> path + ": " + problem))
                    .collect(Collectors.joining("\n")));
        }
        NodeConfig whole = ConfigReader.readNode(text);
        return "node " + whole.name()
                + (host.looked() ? "" : " (the file alone, not this host)")
                + handover(whole, host)
                + moved(whole.admin().control(), whole.proxy().pool());
    }

    private static List<ServerAddress> servers(PoolConfig pool) {
        return Stream.concat(pool.primaries().stream(), pool.backups().stream()).toList();
    }

    /** As far as this host is concerned; what is in the way is a warning. */
    private static String handover(NodeConfig node, HostFindings host) {
        boolean warned = host.warnings().stream().anyMatch(warning -> warning.startsWith(HandoverNeeds.KEY));
        return !node.group().handover() || !host.looked() || warned
                ? ""
                : "; a planned change keeps the clients' connections if the other node can take them";
    }

    private static HostFindings look(NodeFile node) {
        String programs = System.getenv("PATH");
        return new HostCheck(node, runs(node.admin()), programs == null ? "" : programs, new SystemClock()).look();
    }

    /** What a reload would move, if the program runs on this host. */
    private static String moved(@Nullable Path control, PoolConfig wanted) {
        MovedKeys moved = RunningPlacement.moved(control, wanted);
        return moved.isNone()
                ? ""
                : "; " + moved + " belong to another server than by what runs now, and are missing there after a reload"
                        + moved.toWhom();
    }

    /** A node that runs has its ports itself. */
    private static boolean runs(@Nullable AdminConfig admin) {
        if (admin == null) {
            return false;
        }
        try {
            return ControlClient.ask(admin.control(), "process").startsWith("ok ");
        } catch (IOException e) {
            return false;
        }
    }

    private static List<String> openFiles(ProxyConfig proxy, String unit) {
        return new OpenFileLimit().warning(proxy, unit).stream().toList();
    }

    private void warn(Path path, List<String> warnings) {
        if (!warnings.isEmpty()) {
            spec.commandLine().getErr().println(lines(path, warnings));
            spec.commandLine().getErr().flush();
        }
    }

    private static String lines(Path path, List<String> found) {
        return String.join("\n", found.stream().map(line -> path + ": " + line).toList());
    }
}
