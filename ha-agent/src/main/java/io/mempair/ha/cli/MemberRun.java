package io.mempair.ha.cli;

import io.mempair.ha.admin.AdminServer;
import io.mempair.ha.agent.Node;
import io.mempair.ha.agent.NodeStatus;
import io.mempair.ha.agent.Reloading;
import io.mempair.ha.config.AdminConfig;
import io.mempair.ha.metrics.BuildVersion;
import io.mempair.ha.time.SystemClock;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.ExitCode;

/**
 * The program around a member of the pair, the same for a node and for the witness: its admin face, what systemd hears of it, and its
 * end.
 */
final class MemberRun {

    private static final Logger LOG = LoggerFactory.getLogger(MemberRun.class);

    private final SystemClock clock = new SystemClock();
    private final ServiceNotice notice = ServiceNotice.askedBy(System.getenv(), clock);

    private MemberRun() {}

    /** Says what starts; from here on the process ends when something breaks that it cannot do without. */
    static MemberRun begin(String kind, String name) {
        Ending.armed();
        LOG.atInfo()
                .addKeyValue("version", BuildVersion.number())
                .addKeyValue("kind", kind)
                .addKeyValue("name", name)
                .addKeyValue("java", Runtime.version().feature())
                .log(
                        "mempair {} {} {} on Java {} event=started",
                        BuildVersion.number(),
                        kind,
                        name,
                        Runtime.version().feature());
        return new MemberRun();
    }

    /** Carries out the reloads of this member; systemd hears of each. */
    Reloading reloading(Reloading.ReloadAttempt attempt) {
        return new Reloading(notice.told(attempt), clock);
    }

    /** Opens the admin face; a hang-up signal reloads from now on. */
    AdminServer open(Node member, AdminConfig config) throws CommandFailure {
        Ending.when(member.ended());
        AdminServer admin = Admin.open(member, config);
        Ending.when(admin.ended());
        HangUp.runs(member::reload);
        return admin;
    }

    /**
     * Starts the member and stops it at a signal.
     *
     * @param line  what systemd shows of its status
     * @return the exit code of a member that broke by itself; a signal ends the process with a code of its own
     */
    int untilSignal(Node member, AdminServer admin, Function<NodeStatus, String> line) throws InterruptedException {
        member.start();
        notice.feedWatchdog(member::silenceNanos);
        notice.ready();
        notice.showStatus(() -> line.apply(member.status()));
        Foreground.untilSignal(() -> {
            notice.stopping();
            return member.stop().thenRun(admin::close);
        });
        return ExitCode.SOFTWARE;
    }
}
