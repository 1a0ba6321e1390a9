package io.mempair.ha.cli;

import io.mempair.ha.admin.AdminServer;
import io.mempair.ha.agent.Reloading;
import io.mempair.ha.agent.Reloading.ReloadAttempt;
import io.mempair.ha.config.AdminConfig;
import io.mempair.ha.config.AdminSecurity;
import io.mempair.ha.config.ConfigChange;
import io.mempair.ha.config.ConfigException;
import io.mempair.ha.config.ConfigReader;
import io.mempair.ha.config.LogConfig;
import io.mempair.ha.config.ProxyFile;
import io.mempair.ha.config.ProxyValues;
import io.mempair.ha.metrics.BuildVersion;
import io.mempair.ha.time.Clock;
import io.mempair.ha.time.SystemClock;
import io.mempair.proxy.config.ProxyConfig;
import io.mempair.proxy.config.ServerAddress;
import io.mempair.proxy.server.ProxyServer;
import io.mempair.proxy.warmup.StartGarbage;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code mempair proxy}: one proxy without a pair. */
@Command(
        name = "proxy",
        description = "Runs one proxy alone, with magent's flags or from a file.",
        sortOptions = false,
        exitCodeListHeading = ExitCodes.HEADING,
        exitCodeList = {ExitCodes.STOPPED, ExitCodes.BROKEN, ExitCodes.WRONG, ExitCodes.HEAP_FULL},
        footer = {
            "",
            "Examples:",
            "  mempair proxy -s 10.0.0.21 -s 10.0.0.22 -l 10.0.0.10",
            "  mempair proxy --config /etc/mempair/proxy.yaml",
            "  mempair proxy -c ketama.conf > mempair.yaml"
        },
        mixinStandardHelpOptions = true,
        versionProvider = Version.class)
final class ProxyCommand implements Callable<Integer> {

    private static final Logger LOG = LoggerFactory.getLogger(ProxyCommand.class);

    /** Far above the time the loops take to start. */
    private static final long START_SECONDS = 15;

    @Mixin
    private ProxyFlags flags = new ProxyFlags();

    @Mixin
    private MagentFlags magent = new MagentFlags();

    @Option(
            names = "--http",
            paramLabel = "HOST[:PORT]",
            description = "where /metrics and /health answer (default: nowhere)")
    private String http = "";

    @Option(names = "--config", paramLabel = "FILE", description = "read this file instead of -s, -b, ...")
    private String config = "";

    @Option(
            names = {"-v", "--verbose"},
            description = "log more")
    private boolean verbose;

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private CommandSpec spec;

    @Override
    public Integer call() throws CommandFailure, ConfigException, InterruptedException {
        if (!magent.keyFile().isEmpty()) {
            throw translated(Path.of(magent.keyFile()));
        }
        ProxyFile file = file();
        Logging.as(file.log(), verbose);
        Ending.armed();
        magent.explain(spec.commandLine().getErr());
        var clock = new SystemClock();
        ServiceNotice notice = ServiceNotice.askedBy(System.getenv(), clock);
        var server = new ProxyServer(file.proxy(), Logging.NOT_BY_CLIENTS, ProxyServer.anyNumber());
        Reloads.seekSlow(server, file.log());
        var face = new Reloads.AdminFace();
        var reload = reload(server, file, face);
        Supplier<ProxyFile> running = reload == null ? () -> file : reload::running;
        var proxy = new StandaloneProxy(server, running, reloading(reload, notice, clock));
        Ending.when(proxy.ended());
        HangUp.runs(proxy::reload);
        AdminServer admin = face.opened(admin(proxy, file.admin()));
        if (admin != null) {
            Ending.when(admin.ended());
        }
        StartGarbage.collect();
        open(proxy, file.proxy());
        notice.feedWatchdog(proxy::silenceNanos);
        notice.ready();
        notice.showStatus(() -> ServiceStatus.ofProxy(proxy.status()));
        Foreground.untilSignal(() -> {
            notice.stopping();
            return proxy.stop().thenRun(() -> close(admin));
        });
        return 0;
    }

    /** The file to use instead goes to standard output, the refusal to standard error: a shell can put them apart. */
    private CommandFailure translated(Path keyFile) throws CommandFailure {
        spec.commandLine().getOut().print(MagentKeyFile.asYaml(keyFile));
        spec.commandLine().getOut().flush();
        return CommandFailure.refused("mempair proxy: -c " + keyFile
                + ": magent's file is not read (expected: the lines above in a file, given by --config)");
    }

    private @Nullable FileReload<ProxyFile> reload(ProxyServer server, ProxyFile file, Reloads.AdminFace face) {
        return config.isEmpty()
                ? null
                : new FileReload<>(
                        Path.of(config),
                        file,
                        ConfigReader::readProxy,
                        ConfigChange::between,
                        wanted -> Reloads.apply(
                                server, wanted.proxy(), wanted.log(), verbose, face, security(wanted.admin())));
    }

    private static Reloading reloading(@Nullable FileReload<ProxyFile> reload, ServiceNotice notice, Clock clock) {
        ReloadAttempt attempt = reload == null
                ? Reloading.never("there is no file to read again, this proxy was started with flags")
                : reload;
        return new Reloading(notice.told(attempt), clock);
    }

    private ProxyFile file() throws ConfigException {
        if (!config.isEmpty()) {
            if (flags.given()) {
                throw new ParameterException(
                        spec.commandLine(),
                        "--config: together with flags it sets (expected: either the file or -s, -b, ...)");
            }
            return ConfigReader.readProxy(Path.of(config));
        }
        return new ProxyFile(flags.config(spec.commandLine()), null, LogConfig.DEFAULT);
    }

    private @Nullable AdminServer admin(StandaloneProxy proxy, @Nullable AdminConfig fromFile) throws CommandFailure {
        if (!http.isEmpty()) {
            ServerAddress address = Flags.read(
                    spec.commandLine(),
                    "--http",
                    http,
                    text -> ProxyValues.address(text, AdminConfig.DEFAULT_HTTP_PORT));
            return Admin.open(proxy, address, fromFile == null ? null : fromFile.control(), security(fromFile));
        }
        return fromFile == null ? null : Admin.open(proxy, fromFile);
    }

    private static AdminSecurity security(@Nullable AdminConfig fromFile) {
        return fromFile == null ? AdminSecurity.NONE : fromFile.security();
    }

    private static void open(StandaloneProxy proxy, ProxyConfig config) throws CommandFailure, InterruptedException {
        try {
            if (proxy.startAndOpen().toCompletableFuture().get(START_SECONDS, TimeUnit.SECONDS)) {
                LOG.atInfo()
                        .addKeyValue("version", BuildVersion.number())
                        .addKeyValue("listen", config.listeners())
                        .log("mempair {} serves on {} event=started", BuildVersion.number(), config.listeners());
            }
        } catch (ExecutionException e) {
            Throwable cause = e.getCause();
            throw new CommandFailure(
                    cause instanceof IOException ? String.valueOf(cause.getMessage()) : String.valueOf(cause), e);
        } catch (TimeoutException e) {
            throw new CommandFailure("not started within " + START_SECONDS + " s", e);
        }
    }

    private static void close(@Nullable AdminServer admin) {
        if (admin != null) {
            admin.close();
        }
    }
}
