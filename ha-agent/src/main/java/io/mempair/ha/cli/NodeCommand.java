package io.mempair.ha.cli;

import io.mempair.ha.admin.AdminServer;
import io.mempair.ha.agent.PairNode;
import io.mempair.ha.agent.Reloading;
import io.mempair.ha.config.ConfigChange;
import io.mempair.ha.config.ConfigException;
import io.mempair.ha.config.ConfigReader;
import io.mempair.ha.config.NodeConfig;
import io.mempair.ha.metrics.BuildVersion;
import io.mempair.ha.time.SystemClock;
import io.mempair.proxy.server.ProxyServer;
import io.mempair.proxy.warmup.LoopbackWarmup;
import io.mempair.proxy.warmup.StartGarbage;
import io.mempair.proxy.warmup.Warmup;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code mempair node}: one node of the pair, until a signal ends it; exit code 1 when it broke by itself. */
@Command(
        name = "node",
        description = "Runs one node of the pair until SIGTERM, then hands over.",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class)
final class NodeCommand implements Callable<Integer> {

    private static final Logger LOG = LoggerFactory.getLogger(NodeCommand.class);

    @Option(names = "--config", required = true, paramLabel = "FILE", description = "the node's YAML file")
    private String config = "";

    @Option(
            names = {"-v", "--verbose"},
            description = "log more")
    private boolean verbose;

    @Override
    public Integer call() throws ConfigException, CommandFailure, InterruptedException {
        Path file = Path.of(config);
        NodeConfig read = ConfigReader.readNode(file);
        Logging.level(read.logLevel(), verbose);
        Ending.armed();
        LOG.info(
                "mempair {} node {} on Java {}",
                BuildVersion.number(),
                read.name(),
                Runtime.version().feature());
        var clock = new SystemClock();
        ServiceNotice notice = ServiceNotice.askedBy(System.getenv(), clock);
        var proxy = new ProxyServer(read.proxy(), Logging.NOT_BY_CLIENTS, read.number());
        var reload = new FileReload<>(
                file,
                read,
                ConfigReader::readNode,
                ConfigChange::between,
                wanted -> Reloads.apply(proxy, wanted.proxy(), wanted.logLevel(), verbose));
        var warmup = read.warmup() ? new LoopbackWarmup(read.proxy()) : Warmup.NONE;
        var node = new PairNode(
                read, proxy, () -> reload.running().proxy().pool(), new Reloading(notice.told(reload), clock), warmup);
        Ending.when(node.ended());
        AdminServer admin = Admin.open(node, read.admin().http(), read.admin().control());
        Ending.when(admin.ended());
        HangUp.runs(node::reload);
        StartGarbage.collect();
        node.start();
        notice.feedWatchdog(node::silenceNanos);
        notice.ready();
        notice.showStatus(() -> ServiceStatus.ofNode(node.status()));
        Foreground.untilSignal(() -> {
            notice.stopping();
            return node.stop().thenRun(admin::close);
        });
        return CommandLine.ExitCode.SOFTWARE;
    }
}
