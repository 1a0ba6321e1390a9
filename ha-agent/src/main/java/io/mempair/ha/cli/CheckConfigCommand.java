package io.mempair.ha.cli;

import io.mempair.ha.admin.ControlClient;
import io.mempair.ha.check.Firewall;
import io.mempair.ha.check.NodeRights;
import io.mempair.ha.check.OpenFileLimit;
import io.mempair.ha.check.PortsFree;
import io.mempair.ha.check.Preflight;
import io.mempair.ha.check.Reachability;
import io.mempair.ha.config.AdminConfig;
import io.mempair.ha.config.ConfigException;
import io.mempair.ha.config.ConfigReader;
import io.mempair.ha.config.NodeConfig;
import io.mempair.ha.config.ProxyFile;
import io.mempair.ha.time.SystemClock;
import io.mempair.proxy.config.PoolConfig;
import io.mempair.proxy.config.ProxyConfig;
import io.mempair.proxy.config.ServerAddress;
import io.mempair.proxy.route.MovedKeys;
import java.io.IOException;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code mempair check-config}: reads a file as the node would, looks at the host if it is the node's, and starts nothing. */
@Command(
        name = "check-config",
        description =
                "Checks a file and starts nothing; every problem is shown with its place. If the node or proxy runs"
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

    @Parameters(paramLabel = "FILE", description = "a file of a node, of a witness or of a proxy alone")
    private String file = "";

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private CommandSpec spec;

    @Override
    public Integer call() throws ConfigException, CommandFailure {
        Path path = Path.of(file);
        String what;
        if (ConfigReader.describesWitness(path)) {
            what = "witness " + ConfigReader.readWitness(path).name();
        } else if (ConfigReader.describesNode(path)) {
            NodeConfig node = ConfigReader.readNode(path);
            checkHost(path, node);
            what = "node " + node.name()
                    + moved(node.admin().control(), node.proxy().pool());
        } else {
            ProxyFile alone = ConfigReader.readProxy(path);
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

    /** Where this is the node's own host, the network is looked at too. */
    private void checkHost(Path path, NodeConfig node) throws CommandFailure {
        if (!isOfThisHost(node.group().bind())) {
            warn(
                    path,
                    List.of("group.bind: " + node.group().bind()
                            + " is not an address of this host, so only the file was"
                            + " checked: run this on the host of node " + node.name()
                            + " too, once it has that address"));
            return;
        }
        String programs = System.getenv("PATH");
        Preflight host = new Preflight(programs == null ? "" : programs);
        List<String> problems = host.networkProblems(node.virtualAddress(), node.hooks());
        if (!problems.isEmpty()) {
            throw CommandFailure.refused(lines(path, problems));
        }
        PoolConfig pool = node.proxy().pool();
        List<ServerAddress> servers = Stream.concat(pool.primaries().stream(), pool.backups().stream())
                .toList();
        warn(path, host.warnings(node.virtualAddress(), node.hooks(), servers));
        warn(path, openFiles(node.proxy(), "mempair.service"));
        node.proxy().listeners().addresses().stream()
                .map(ServerAddress::port)
                .distinct()
                .forEach(port -> warn(path, Firewall.warnings(port)));
        warn(path, new NodeRights(host).warnings("mempair.service", node.hooks()));
        if (!runs(node)) {
            warn(path, PortsFree.warnings(node));
        }
        warn(path, new Reachability(new SystemClock()).warnings(node));
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
    private static boolean runs(NodeConfig node) {
        try {
            return ControlClient.ask(node.admin().control(), "process").startsWith("ok ");
        } catch (IOException e) {
            return false;
        }
    }

    private static boolean isOfThisHost(String bind) {
        try {
            return NetworkInterface.getByInetAddress(InetAddress.getByName(bind)) != null;
        } catch (UnknownHostException | SocketException e) {
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
