package io.mempair.deploy;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.IntFunction;
import java.util.function.Supplier;

/**
 * Clients that read without a pause and compare each answer with what was acknowledged: another value, a missing one and one that
 * was deleted are lies. An error or a lost connection is none; they connect again. Keys are {@code key-0} on.
 */
final class CheckedReaders implements AutoCloseable {

    private static final int KEYS_A_READ = 50;
    private static final int LIES_KEPT = 100;

    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final List<Future<?>> readers = new ArrayList<>();
    private final Queue<String> lies = new ConcurrentLinkedQueue<>();
    private final AtomicLong reads = new AtomicLong();
    private final AtomicLong failures = new AtomicLong();
    private final Supplier<LabClient> connect;
    private final IntFunction<String> truth;
    private final int keys;
    private volatile boolean over;
    private volatile String lastFailure = "none";

    /**
     * Starts them.
     *
     * @param truth  what was acknowledged last of a key; empty for nothing
     */
    CheckedReaders(int count, int keys, IntFunction<String> truth, Supplier<LabClient> connect) {
        this.connect = connect;
        this.truth = truth;
        this.keys = keys;
        for (int i = 0; i < count; i++) {
            int number = i;
            readers.add(threads.submit(() -> run(new Random(number), number % 2 == 0 ? 1 : KEYS_A_READ)));
        }
    }

    private void run(Random random, int keysARead) {
        while (!over) {
            try (LabClient client = connect.get()) {
                while (!over) {
                    read(client, random.nextInt(keys), keysARead);
                }
            } catch (IOException e) {
                failed(String.valueOf(e.getMessage()));
            }
        }
    }

    private void failed(String how) {
        failures.incrementAndGet();
        lastFailure = how;
    }

    private void read(LabClient client, int first, int count) throws IOException {
        List<String> names = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            names.add("key-" + (first + i) % keys);
        }
        LabClient.Found found = client.gets(names.stream().distinct().toList());
        if (!found.error().isEmpty()) {
            failed(found.error());
            return;
        }
        Map<String, LabClient.LabItem> items = found.items();
        for (int i = 0; i < count; i++) {
            int key = (first + i) % keys;
            LabClient.LabItem item = items.get("key-" + key);
            String value = item == null ? "" : item.value();
            if (!truth.apply(key).equals(value) && lies.size() < LIES_KEPT) {
                lies.add("key-" + key + " read as '" + value + "' (expected: '" + truth.apply(key) + "') among "
                        + count);
            }
            reads.incrementAndGet();
        }
    }

    /** Keys read until now and answered. */
    long reads() {
        return reads.get();
    }

    /** Ends them; returns the lies they were told, the first hundred. */
    List<String> end() throws InterruptedException, ExecutionException, TimeoutException {
        over = true;
        for (Future<?> reader : readers) {
            reader.get(3L * LabClient.SILENCE_SECONDS, TimeUnit.SECONDS);
        }
        return List.copyOf(lies);
    }

    @Override
    public String toString() {
        return reads + " reads answered, " + failures + " failed (the last: " + lastFailure + "), " + lies.size()
                + " lies";
    }

    @Override
    public void close() {
        over = true;
        threads.shutdownNow();
    }
}
