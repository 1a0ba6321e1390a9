package io.mempair.ha.cli;

import io.mempair.ha.admin.AdminServer;
import io.mempair.ha.agent.PairNode;
import io.mempair.ha.config.ConfigChange;
import io.mempair.ha.config.ConfigException;
import io.mempair.ha.config.ConfigReader;
import io.mempair.ha.config.NodeConfig;
import io.mempair.proxy.server.ProxyServer;
import io.mempair.proxy.warmup.LoopbackWarmup;
import io.mempair.proxy.warmup.StartGarbage;
import io.mempair.proxy.warmup.Warmup;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code mempair node}: one node of the pair, until a signal ends it; exit code 1 when it broke by itself. */
@Command(
        name = "node",
        description = "Runs one node of the pair until SIGTERM, then hands over.",
        exitCodeListHeading = ExitCodes.HEADING,
        exitCodeList = {ExitCodes.STOPPED, ExitCodes.BROKEN, ExitCodes.WRONG, ExitCodes.HEAP_FULL},
        footer = {
            "",
            "Examples:",
            "  mempair node --config /etc/mempair/mempair.yaml",
            "  systemctl enable --now mempair"
        },
        mixinStandardHelpOptions = true,
        versionProvider = Version.class)
final class NodeCommand implements Callable<Integer> {

    @Mixin
    private MemberOptions options = new MemberOptions();

    @Override
    public Integer call() throws ConfigException, CommandFailure, InterruptedException {
        NodeConfig read = ConfigReader.readNode(options.file());
        Logging.as(read.log(), options.verbose());
        MemberRun run = MemberRun.begin("node", read.name());
        var proxy = new ProxyServer(read.proxy(), Logging.NOT_BY_CLIENTS, read.number());
        Reloads.seekSlow(proxy, read.log());
        var face = new Reloads.AdminFace();
        var reload = new FileReload<>(
                options.file(),
                read,
                ConfigReader::readNode,
                ConfigChange::between,
                wanted -> Reloads.apply(
                        proxy,
                        wanted.proxy(),
                        wanted.log(),
                        options.verbose(),
                        face,
                        wanted.admin().security()));
        var warmup =
                read.warmup() ? new LoopbackWarmup(read.proxy(), read.group().handover()) : Warmup.NONE;
        var node = new PairNode(read, proxy, reload::running, run.reloading(reload), warmup, stateFolder());
        AdminServer admin = run.open(node, read.admin());
        face.opened(admin);
        StartGarbage.collect();
        return run.untilSignal(node, admin, ServiceStatus::ofNode);
    }

    /** As systemd names it for a unit with {@code StateDirectory=}; null without. */
    private static @Nullable Path stateFolder() {
        String folders = System.getenv("STATE_DIRECTORY");
        return folders == null || folders.isEmpty() ? null : Path.of(folders.split(":", 2)[0]);
    }
}
