package io.mempair.ha.cli;

import io.mempair.ha.admin.AdminServer;
import io.mempair.ha.agent.Reloading;
import io.mempair.ha.agent.WitnessNode;
import io.mempair.ha.config.ConfigException;
import io.mempair.ha.config.ConfigReader;
import io.mempair.ha.config.WitnessConfig;
import io.mempair.ha.metrics.BuildVersion;
import io.mempair.ha.time.SystemClock;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code mempair witness}: the third voter, until a signal ends it; exit code 1 when it broke by itself. */
@Command(
        name = "witness",
        description = "Votes for the nodes of a pair and never serves, until SIGTERM.",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class)
final class WitnessCommand implements Callable<Integer> {

    private static final Logger LOG = LoggerFactory.getLogger(WitnessCommand.class);

    @Option(names = "--config", required = true, paramLabel = "FILE", description = "the witness's YAML file")
    private String config = "";

    @Option(
            names = {"-v", "--verbose"},
            description = "log more")
    private boolean verbose;

    @Override
    public Integer call() throws ConfigException, CommandFailure, InterruptedException {
        WitnessConfig read = ConfigReader.readWitness(Path.of(config));
        Logging.level(read.logLevel(), verbose);
        Ending.armed();
        LOG.info(
                "mempair {} witness {} on Java {}",
                BuildVersion.number(),
                read.name(),
                Runtime.version().feature());
        var clock = new SystemClock();
        ServiceNotice notice = ServiceNotice.askedBy(System.getenv(), clock);
        var nothing = Reloading.never("a witness has nothing to reload: start it again");
        var witness = new WitnessNode(read, new Reloading(notice.told(nothing), clock));
        Ending.when(witness.ended());
        AdminServer admin =
                Admin.open(witness, read.admin().http(), read.admin().control());
        Ending.when(admin.ended());
        HangUp.runs(witness::reload);
        witness.start();
        notice.feedWatchdog(witness::silenceNanos);
        notice.ready();
        notice.showStatus(() -> ServiceStatus.ofWitness(witness.status()));
        Foreground.untilSignal(() -> {
            notice.stopping();
            return witness.stop().thenRun(admin::close);
        });
        return CommandLine.ExitCode.SOFTWARE;
    }
}
