package io.mempair.ha.cli;

import io.mempair.ha.admin.JsonWriter;
import io.mempair.ha.config.ProxyValues;
import io.mempair.ha.probe.Probe;
import io.mempair.ha.probe.ProbeOutcome;
import io.mempair.ha.probe.ProbeSummary;
import io.mempair.ha.probe.ProbeTarget;
import io.mempair.ha.time.SystemClock;
import io.mempair.proxy.config.ServerAddress;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code mempair probe}: what a client sees of an address during a failover, in milliseconds. */
@Command(
        name = "probe",
        description = "Asks with a new connection every few milliseconds and tells the longest outage.",
        exitCodeListHeading = ExitCodes.HEADING,
        exitCodeList = {"0:there were answers", "1:there was none", ExitCodes.WRONG},
        footer = {
            "",
            "Examples:",
            "  mempair probe 10.0.0.100 --for 60s",
            "  mempair probe 10.0.0.100:11211 --every 1ms --json"
        },
        mixinStandardHelpOptions = true,
        versionProvider = Version.class)
final class ProbeCommand implements Callable<Integer> {

    @Parameters(paramLabel = "HOST:PORT", description = "where to ask; port 11211 if none is written")
    private String target = "";

    @Option(names = "--every", paramLabel = "TIME", description = "time between two attempts (default: 5ms)")
    private String every = "5ms";

    @Option(names = "--for", paramLabel = "TIME", description = "how long (default: 10s); a signal ends it sooner")
    private String duration = "10s";

    @Option(names = "--key", paramLabel = "KEY", description = "the key to get (default: mempair-probe)")
    private String key = "mempair-probe";

    @Option(names = "--tls", description = "the port has TLS; its certificate is not looked at")
    private boolean tls;

    @Option(names = "--json", description = "one line of JSON")
    private boolean json;

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private CommandSpec spec;

    private final AtomicBoolean reported = new AtomicBoolean();

    /** Exit code 1 if nothing was ever answered. */
    @Override
    public Integer call() throws InterruptedException {
        CommandLine commandLine = spec.commandLine();
        ServerAddress address = Flags.read(
                commandLine, "HOST:PORT", target, text -> ProxyValues.address(text, ServerAddress.MEMCACHED_PORT));
        Duration period = Flags.read(commandLine, "--every", every, Flags::positive);
        Duration length = Flags.read(commandLine, "--for", duration, Flags::positive);
        Flags.requireKey(commandLine, "--key", key);
        PrintWriter err = commandLine.getErr();
        var probe = new Probe(
                new ProbeTarget(address.host(), address.port(), tls),
                key,
                period,
                new SystemClock(),
                () -> say(err, "probing " + address));
        var finished = new CountDownLatch(1);
        Runtime.getRuntime().addShutdownHook(new Thread(() -> finish(probe, finished), "stop"));
        probe.start();
        if (finished.await(length.toMillis(), TimeUnit.MILLISECONDS)) {
            new CountDownLatch(1).await(); // the hook prints and ends the process
        }
        return report(probe);
    }

    /** On a signal the result is still told; at an ordinary end it has been told already. */
    private void finish(Probe probe, CountDownLatch finished) {
        finished.countDown();
        if (!reported.get()) {
            Runtime.getRuntime().halt(report(probe));
        }
    }

    private int report(Probe probe) {
        reported.set(true);
        ProbeSummary summary = probe.summary();
        PrintWriter out = spec.commandLine().getOut();
        out.println(json ? asJson(summary) : asText(summary));
        out.flush();
        return summary.count(ProbeOutcome.ANSWERED) == 0 ? 1 : 0;
    }

    private static void say(PrintWriter err, String line) {
        err.println(line);
        err.flush();
    }

    private static long millis(long nanos) {
        return Math.round(nanos / 1e6);
    }

    private static String asText(ProbeSummary summary) {
        return "longest outage " + millis(summary.longestNanos()) + " ms" + (summary.lasting() ? " and lasting" : "")
                + ", outages " + summary.outages() + "; of " + summary.total() + " attempts "
                + summary.count(ProbeOutcome.ANSWERED) + " answered, " + summary.count(ProbeOutcome.REFUSED)
                + " refused, " + summary.count(ProbeOutcome.TIMEOUT) + " timed out, "
                + summary.count(ProbeOutcome.RESET) + " reset, " + summary.count(ProbeOutcome.ERROR) + " errors"
                + (summary.lastError() == null ? "" : ", the last: " + summary.lastError());
    }

    private static String asJson(ProbeSummary summary) {
        return new JsonWriter()
                .beginObject()
                .field("longest_outage_ms", millis(summary.longestNanos()))
                .field("outages", summary.outages())
                .field("lasting", summary.lasting())
                .field("total", summary.total())
                .field("answered", summary.count(ProbeOutcome.ANSWERED))
                .field("refused", summary.count(ProbeOutcome.REFUSED))
                .field("timeout", summary.count(ProbeOutcome.TIMEOUT))
                .field("reset", summary.count(ProbeOutcome.RESET))
                .field("error", summary.count(ProbeOutcome.ERROR))
                .field("last_error", summary.lastError())
                .field("took_ms", millis(summary.tookNanos()))
                .endObject()
                .toString();
    }
}
