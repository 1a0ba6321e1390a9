package io.mempair.deploy.faults;

import java.io.PrintStream;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The program behind {@code deploy/lab/faults.sh}. It runs on the client's host of a lab that is up, so that what it measures is what a client
 * sees, and prints figures to standard output, what it is doing to standard error. Exit code 0 when all bounds hold, 1 when one is broken, 2 when
 * the command line cannot be right.
 */
public final class FaultRounds {

    private static final Duration START = Duration.ofSeconds(30);

    private final Options options;
    private final LabShell shell;
    private final AddressWatch watch;
    private final PrintStream out;
    private final PrintStream err;
    private boolean warm;

    private FaultRounds(Options options, LabShell shell, AddressWatch watch, PrintStream out, PrintStream err) {
        this.options = options;
        this.shell = shell;
        this.watch = watch;
        this.out = out;
        this.err = err;
    }

    public static void main(String[] arguments) {
        System.exit(run(arguments, System.out, System.err));
    }

    private static int run(String[] arguments, PrintStream out, PrintStream err) {
        Options options;
        try {
            options = Options.of(arguments);
        } catch (IllegalArgumentException e) {
            err.println("faults.sh: " + e.getMessage());
            return 2;
        }
        switch (options.action()) {
            case LIST -> options.rows().forEach(row -> out.printf("%-14s%s%n", row.word(), row.title()));
            case CHECK -> {}
            case RUN -> {
                var shell = new LabShell(options);
                try (var watch = new AddressWatch(shell.watch(), LabPair.ADDRESS)) {
                    watch.awaitReady();
                    return new FaultRounds(options, shell, watch, out, err).run();
                }
            }
        }
        return 0;
    }

    private int run() {
        for (String host : List.of("m1", "m2")) {
            shell.start(host, host, Map.of(), "memcached", "-u", "root", "-U", "0");
        }
        var report = new Report(options);
        var mempair = new MempairPair(shell, watch, options);
        var keepalived = new KeepalivedPair(shell, watch, options);
        List<String> broken = new ArrayList<>();
        report.head().forEach(out::println);
        for (Row row : options.rows()) {
            Figures figures = rounds(mempair, row);
            Figures versus = options.versus() && keepalived.has(row) ? rounds(keepalived, row) : null;
            out.println(report.row(figures, versus));
            out.flush();
            List<String> verdict = RowVerdict.of(options, figures, versus);
            verdict.forEach(line -> err.println("BROKEN " + line));
            broken.addAll(verdict);
        }
        if (!broken.isEmpty()) {
            err.println(broken.size() + " bounds are broken:");
            broken.forEach(err::println);
        }
        return broken.isEmpty() ? 0 : 1;
    }

    /** A pair of its own for each row, so that one row's past is not another's; a new one after a round that failed. */
    private Figures rounds(LabPair pair, Row row) {
        List<RoundResult> rounds = new ArrayList<>();
        @Nullable String unfit = "not started";
        for (int number = 1; number <= options.rounds(); number++) {
            if (unfit != null) {
                unfit = restart(pair, row);
            }
            RoundResult result = unfit == null
                    ? Round.of(pair, row, row.word() + '-' + pair.product() + '-' + number + '-')
                    : RoundResult.notBegun(unfit);
            rounds.add(result);
            err.println(pair.product() + ' ' + row.word() + ' ' + number + ": " + result + " load=" + load());
            if (!result.whole()) {
                err.print(shell.logs(pair.logs()));
                unfit = result.problem();
            }
        }
        stop(pair);
        return new Figures(row, pair.product(), rounds);
    }

    /** How many processes wanted a processor in the last minute: far more than there are, and the figures tell of the machine. */
    private static double load() {
        return ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage();
    }

    /** Null when it runs, else what was not so. */
    private @Nullable String restart(LabPair pair, Row row) {
        try {
            pair.stop();
            pair.start(row);
            if (row.kind() != Row.RowKind.BEGINNING) {
                Waiting.until("the pair is settled after its start", START, pair::settled);
                if (!warm) {
                    warm = true;
                    Round.warmUp();
                }
            }
            return null;
        } catch (FaultFailure e) {
            return String.valueOf(e.getMessage());
        }
    }

    private void stop(LabPair pair) {
        try {
            pair.stop();
        } catch (FaultFailure e) {
            err.println("the pair does not end: " + e.getMessage());
        }
    }
}
