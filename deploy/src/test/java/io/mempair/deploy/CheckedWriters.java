package io.mempair.deploy;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;

/**
 * Clients that write rising numbers to keys of their own and read them back, also after errors and lost connections: a number that is
 * lower than the last one that was acknowledged, or none, is a lie. A write without an answer may have been carried out, or not.
 */
final class CheckedWriters implements AutoCloseable {

    private static final int KEYS_EACH = 100;
    private static final int LIES_KEPT = 100;

    /** So that the programs that are tested have most of the machine. */
    private static final long PAUSE_NANOS = 500_000;

    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final List<Future<?>> writers = new ArrayList<>();
    private final Queue<String> lies = new ConcurrentLinkedQueue<>();
    private final AtomicLong written = new AtomicLong();
    private final AtomicLong failures = new AtomicLong();
    private final AtomicLong longestNanos = new AtomicLong();
    private final Supplier<LabClient> connect;
    private volatile boolean over;

    /** Starts them. */
    CheckedWriters(int count, Supplier<LabClient> connect) {
        this.connect = connect;
        for (int i = 0; i < count; i++) {
            String prefix = "writer-" + i + '-';
            writers.add(threads.submit(() -> new OneWriter(prefix).run()));
        }
    }

    /** One of them, and what is so of each of its keys. */
    private final class OneWriter {

        private final String prefix;

        /** The last number that was acknowledged, or read; 0 for none. */
        private final long[] acknowledged = new long[KEYS_EACH];

        OneWriter(String prefix) {
            this.prefix = prefix;
        }

        void run() {
            long number = 0;
            while (!over) {
                try (LabClient client = connect.get()) {
                    while (!over) {
                        number++;
                        long begunNanos = System.nanoTime();
                        turn(client, (int) (number % KEYS_EACH), number);
                        longestNanos.accumulateAndGet(System.nanoTime() - begunNanos, Math::max);
                        LockSupport.parkNanos(PAUSE_NANOS);
                    }
                } catch (IOException e) {
                    failures.incrementAndGet();
                }
            }
        }

        private void turn(LabClient client, int key, long number) throws IOException {
            String name = prefix + key;
            LabClient.Found found = client.gets(List.of(name));
            if (!found.error().isEmpty()) {
                failures.incrementAndGet();
                return;
            }
            LabClient.LabItem item = found.items().get(name);
            long read = item == null ? 0 : Long.parseLong(item.value());
            if (read < acknowledged[key] && lies.size() < LIES_KEPT) {
                lies.add(name + " read as " + read + " (expected: " + acknowledged[key] + " or later)");
            }
            acknowledged[key] = Math.max(read, acknowledged[key]);
            if (client.ask(LabClient.storage("set", name, 0, 0, String.valueOf(number)))
                    .equals("STORED")) {
                acknowledged[key] = number;
                written.incrementAndGet();
            } else {
                failures.incrementAndGet();
            }
        }
    }

    /** Writes until now that were acknowledged. */
    long written() {
        return written.get();
    }

    /** The longest time of one read and one write since the last call, in milliseconds; only of those that were answered. */
    long takeLongestMillis() {
        return TimeUnit.NANOSECONDS.toMillis(longestNanos.getAndSet(0));
    }

    /** Ends them; returns the lies they were told, the first hundred. */
    List<String> end() throws InterruptedException, ExecutionException, TimeoutException {
        over = true;
        for (Future<?> writer : writers) {
            writer.get(3L * LabClient.SILENCE_SECONDS, TimeUnit.SECONDS);
        }
        return List.copyOf(lies);
    }

    @Override
    public String toString() {
        return written + " writes acknowledged, " + failures + " failed, " + lies.size() + " lies";
    }

    @Override
    public void close() {
        over = true;
        threads.shutdownNow();
    }
}
