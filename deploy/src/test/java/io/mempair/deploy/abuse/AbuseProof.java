package io.mempair.deploy.abuse;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The program behind {@code deploy/abuse.sh}: every kind of abuse by every number of clients, on every transport, with each number of
 * loops, by flags and by file. One line for each; the exit code is 0 only if well-behaved clients had no error and no long wait, the memory stayed within
 * what the start script gives, and the proxy stayed alive.
 */
public final class AbuseProof {

    /** Heap, direct memory, code and threads, as the start script gives them. */
    private static final long MOST_RESIDENT_BYTES = Long.getLong("mempair.abuse.resident.bytes", 900L << 20);

    /** The 99th percentile of the others may grow so much, ... */
    private static final double MOST_TIMES = 3;

    /** ... or to so many milliseconds: below, a busy machine decides. */
    private static final double ALWAYS_GOOD_MILLIS = Long.getLong("mempair.abuse.good.millis", 20);

    private static final String CLOSED = "mempair_proxy_clients_memory_closed_total";

    private final Path deploy;
    private final Path folder;
    private final AbuseOptions options;
    private final List<String> missed = new ArrayList<>();

    private AbuseProof(Path deploy, Path folder, AbuseOptions options) {
        this.deploy = deploy;
        this.folder = folder;
        this.options = options;
    }

    /** Arguments: the folder of deploy, a folder for files of this run, then {@code NAME=VALUE} as {@code abuse.sh} says. */
    public static void main(String[] arguments) throws IOException, InterruptedException {
        AbuseOptions options;
        try {
            options = AbuseOptions.of(List.of(arguments).subList(2, arguments.length));
        } catch (IllegalArgumentException e) {
            System.err.println("abuse.sh: " + e.getMessage());
            System.exit(2);
            return;
        }
        AbuseProof proof = new AbuseProof(Path.of(arguments[0]), Path.of(arguments[1]), options);
        System.exit(proof.run() ? 0 : 1);
    }

    private boolean run() throws IOException, InterruptedException {
        System.out.printf(
                "%-9s %5s %-5s %-16s %4s %8s %6s %12s %12s %12s %7s %7s%n",
                "transport",
                "loops",
                "form",
                "kind",
                "N",
                "answers",
                "errors",
                "p99 before",
                "p99 during",
                "longest",
                "RSS MB",
                "closed");
        AbusedProxy at = options.at();
        if (at != null) {
            for (AbuseKind kind : options.kinds()) {
                for (int number : options.numbers()) {
                    round(at, null, at.host() + ':' + at.port(), kind, number);
                }
            }
        } else {
            for (String transport : options.transports()) {
                for (int loops : options.loops()) {
                    for (String form : options.forms()) {
                        configuration(transport, loops, form);
                    }
                }
            }
        }
        missed.forEach(line -> System.out.println("MISSED " + line));
        System.out.println(missed.isEmpty() ? "holds" : "DOES NOT HOLD");
        return missed.isEmpty();
    }

    private void configuration(String transport, int loops, String form) throws IOException, InterruptedException {
        String name = String.format("%-9s %5d %-5s", transport, loops, form);
        Path own = Files.createDirectories(folder.resolve(transport + '-' + loops + '-' + form));
        try (LocalProxy proxy = new LocalProxy(deploy, own, transport, loops, form.equals("file"))) {
            for (AbuseKind kind : options.kinds()) {
                for (int number : options.numbers()) {
                    if (proxy.isAlive() && (!kind.secured() || proxy.target().tlsPort() != 0)) {
                        round(proxy.target(), proxy, name, kind, number);
                    }
                }
            }
        }
    }

    private void round(AbusedProxy target, @Nullable LocalProxy proxy, String name, AbuseKind kind, int number)
            throws IOException, InterruptedException {
        double closedBefore = proxy == null ? 0 : proxy.metric(CLOSED);
        AbuseRound round = new AbuseRound(target, kind, number);
        round.run(Duration.ofSeconds(options.seconds()));
        String where = String.format("%s %-16s %4d", name, kind.label(), number);
        if (proxy != null && !proxy.isAlive()) {
            missed.add(where + ": the proxy has ended: " + lastOf(proxy.said()));
            return;
        }
        long resident = proxy == null ? 0 : proxy.mostResidentBytes();
        double closed = proxy == null ? round.thrownOut() : proxy.metric(CLOSED) - closedBefore;
        Noticed before = round.before();
        Noticed during = round.during();
        System.out.printf(
                "%s %8d %6d %12.2f %12.2f %12.1f %7d %7.0f%n",
                where,
                during.answers(),
                during.errors(),
                before.p99Millis(),
                during.p99Millis(),
                during.longestMillis(),
                resident >> 20,
                closed);
        judge(where, before, during, resident);
    }

    private void judge(String where, Noticed before, Noticed during, long resident) {
        if (during.errors() > 0) {
            missed.add(where + ": " + during.errors() + " errors, first " + during.firstError());
        }
        if (before.answers() == 0 || during.answers() == 0) {
            missed.add(where + ": no answers");
        }
        double good = Math.max(ALWAYS_GOOD_MILLIS, MOST_TIMES * before.p99Millis());
        if (options.judgesTime() && during.p99Millis() > good) {
            missed.add(String.format("%s: p99 %.1f ms (at most %.1f)", where, during.p99Millis(), good));
        }
        if (resident > MOST_RESIDENT_BYTES) {
            missed.add(where + ": " + (resident >> 20) + " MB of memory (at most " + (MOST_RESIDENT_BYTES >> 20) + ')');
        }
    }

    private static String lastOf(String said) {
        return said.length() < 500 ? said : said.substring(said.length() - 500);
    }
}
