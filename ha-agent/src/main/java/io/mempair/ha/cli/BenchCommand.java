package io.mempair.ha.cli;

import io.mempair.ha.bench.Bench;
import io.mempair.ha.bench.BenchConfig;
import io.mempair.ha.bench.BenchInterval;
import io.mempair.ha.bench.BenchReport;
import io.mempair.ha.bench.ProcessCpu;
import io.mempair.ha.config.ProxyValues;
import io.mempair.ha.time.SystemClock;
import io.mempair.proxy.config.FailureText;
import io.mempair.proxy.config.ServerAddress;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code mempair bench}: load on an address, what it takes and what its clients wait. */
@Command(
        name = "bench",
        description = "Puts load on a memcached or a proxy, verifies every reply and tells throughput and latencies.",
        sortOptions = false,
        exitCodeListHeading = ExitCodes.HEADING,
        exitCodeList = {
            "0:every reply was right",
            "1:a reply was wrong or missing, or the run ended too soon",
            ExitCodes.WRONG
        },
        footer = {
            "",
            "Examples:",
            "  mempair bench 10.0.0.100 --connections 50 --seconds 10",
            "  mempair bench 10.0.0.100 --rate 20000 --multi-get 10 --json"
        },
        mixinStandardHelpOptions = true,
        versionProvider = Version.class)
final class BenchCommand implements Callable<Integer> {

    /** After a signal the result is told within this time, or not at all. */
    private static final long STOP_SECONDS = 2;

    @Parameters(paramLabel = "HOST:PORT", description = "where to; port 11211 if none is written")
    private String target = "";

    @Mixin
    private BenchFlags flags = new BenchFlags();

    @Option(names = "--json", description = "a line of JSON for the result, and for each interval")
    private boolean json;

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private CommandSpec spec;

    private final CountDownLatch told = new CountDownLatch(1);

    /** Exit code 1 if a reply was wrong or missing, or the run ended too soon. */
    @Override
    public Integer call() throws CommandFailure, InterruptedException {
        ServerAddress address = Flags.read(
                spec.commandLine(),
                "HOST:PORT",
                target,
                text -> ProxyValues.address(text, ServerAddress.MEMCACHED_PORT));
        BenchConfig config = flags.config(spec.commandLine(), address);
        requireProcess(config);
        try (var bench = new Bench(config, new SystemClock(), this::tell)) {
            Runtime.getRuntime().addShutdownHook(new Thread(() -> stop(bench), "stop"));
            BenchReport report = bench.start().get();
            return report(report);
        } catch (ExecutionException e) {
            throw new CommandFailure(FailureText.of(e.getCause() == null ? e : e.getCause()), e);
        } finally {
            told.countDown();
        }
    }

    private void requireProcess(BenchConfig config) {
        if (config.processId() == 0) {
            return;
        }
        try {
            ProcessCpu.usedNanos(config.processId());
        } catch (IOException e) {
            throw new ParameterException(
                    spec.commandLine(), "--pid: " + config.processId() + " (expected: a process of this host)", e);
        }
    }

    private int report(BenchReport report) throws CommandFailure {
        if (report.ended().isEmpty() || report.latencies().requests() > 0) {
            say(json ? BenchOutput.json(report) : BenchOutput.text(report));
        }
        if (!report.ended().isEmpty()) {
            throw new CommandFailure(report.ended());
        }
        return report.isGood() ? 0 : 1;
    }

    private void tell(BenchInterval interval) {
        say(json ? BenchOutput.json(interval) : BenchOutput.text(interval));
    }

    private void say(String line) {
        PrintWriter out = spec.commandLine().getOut();
        out.println(line);
        out.flush();
    }

    /** On a signal what came until now is still told, by the thread that waits for it. */
    private void stop(Bench bench) {
        if (told.getCount() == 0) {
            return;
        }
        bench.stop("ended by a signal");
        try {
            told.await(STOP_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
