package io.mempair.deploy.soak;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;

/**
 * Started by {@code deploy/soak.sh}: {@code Soak PORT PID SECONDS CONNECTIONS SEED SERVER_PORT...}, all on this host. PID is
 * the process whose memory is watched. Prints one line of JSON; ends with 0 when every answer was right, nothing was evicted and,
 * in a run long enough to tell, memory stayed flat.
 */
final class Soak {

    /** In a shorter run a program that has just started is still growing. */
    private static final int MIN_SECONDS_FOR_MEMORY = 60;

    /** Beyond the time asked for: what a turn may take in the worst case. */
    private static final int GRACE_SECONDS = 90;

    private static final int STATS_TIMEOUT_MILLIS = 5_000;

    private final int port;
    private final MemorySamples memory;
    private final int seconds;
    private final int connections;
    private final long seed;
    private final SoakTally tally = new SoakTally();

    private Soak(String[] words) {
        port = Integer.parseInt(words[0]);
        memory = new MemorySamples(Long.parseLong(words[1]));
        seconds = Integer.parseInt(words[2]);
        connections = Integer.parseInt(words[3]);
        seed = Long.parseLong(words[4]);
    }

    public static void main(String[] words) throws IOException, InterruptedException {
        var soak = new Soak(words);
        soak.run();
        long evictions = 0;
        for (String server : List.of(words).subList(5, words.length)) {
            evictions += evictions(Integer.parseInt(server));
        }
        System.exit(soak.report(evictions) ? 0 : 1);
    }

    private void run() throws IOException, InterruptedException {
        ExecutorService threads = Executors.newFixedThreadPool(2 * connections);
        var server = new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(seconds);
        var running = new ArrayList<Thread>();
        for (int i = 0; i < connections; i++) {
            Dialect dialect = dialect(i);
            String name = "soak-" + ProcessHandle.current().pid() + '-'
                    + dialect.getClass().getSimpleName().replace("Dialect", "") + '-' + i;
            var connection = new SoakConnection(name, dialect, new Random(seed * connections + i), threads, tally);
            running.add(new Thread(() -> connection.run(server, () -> System.nanoTime() < end), name));
        }
        running.forEach(Thread::start);
        watch(running, end);
        threads.shutdownNow();
    }

    private void watch(List<Thread> running, long end) throws IOException, InterruptedException {
        long intervalMillis = seconds < MIN_SECONDS_FOR_MEMORY ? 100 : 1000;
        Optional<Thread> alive = running.stream().findAny();
        while (System.nanoTime() < end && alive.isPresent()) {
            if (!memory.take()) {
                tally.lost(1, "the watched process has ended");
                break;
            }
            alive.get().join(intervalMillis);
            alive = running.stream().filter(Thread::isAlive).findAny();
        }
        long limit = end + TimeUnit.SECONDS.toNanos(GRACE_SECONDS);
        for (Thread thread : running) {
            thread.join(Math.max(1, TimeUnit.NANOSECONDS.toMillis(limit - System.nanoTime())));
            if (thread.isAlive()) {
                tally.lost(1, thread.getName() + " has not ended");
            }
        }
    }

    private static Dialect dialect(int connection) {
        return switch (connection % 4) {
            case 0 -> new TextDialect();
            case 1 -> new BinaryDialect();
            case 2 -> new MetaDialect();
            default -> new MixedDialect();
        };
    }

    private static long evictions(int port) throws IOException {
        try (var socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            socket.setSoTimeout(STATS_TIMEOUT_MILLIS);
            socket.getOutputStream().write("stats\r\nquit\r\n".getBytes(StandardCharsets.US_ASCII));
            var lines = new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.US_ASCII));
            return lines.lines()
                    .filter(line -> line.startsWith("STAT evictions "))
                    .mapToLong(line -> Long.parseLong(line.substring(line.lastIndexOf(' ') + 1)))
                    .sum();
        }
    }

    private boolean report(long evictions) {
        boolean judged = seconds >= MIN_SECONDS_FOR_MEMORY;
        boolean ok = tally.wrong() == 0
                && tally.lost() == 0
                && evictions == 0
                && tally.operations.sum() > 0
                && (!judged || memory.isFlat());
        System.out.printf(
                "{\"ok\":%b,\"seconds\":%d,\"connections\":%d,\"seed\":%d,\"operations\":%d,\"bytes\":%d,\"wrong\":%d,"
                        + "\"lost\":%d,\"evictions\":%d,\"rssStartKb\":%d,\"rssEndKb\":%d,\"memoryJudged\":%b}%n",
                ok,
                seconds,
                connections,
                seed,
                tally.operations.sum(),
                tally.bytes.sum(),
                tally.wrong(),
                tally.lost(),
                evictions,
                memory.startKb(),
                memory.endKb(),
                judged);
        return ok;
    }
}
