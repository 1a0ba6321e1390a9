package io.mempair.deploy.chaos;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/** What the soak has seen. Any thread. */
final class ChaosReport {

    private static final int MOST_LIES = 50;

    private final AtomicLong answers = new AtomicLong();
    private final AtomicLong errors = new AtomicLong();
    private final AtomicLong lastAnswerNanos = new AtomicLong(System.nanoTime());
    private final AtomicLong longestSilenceNanos = new AtomicLong();
    private final ConcurrentHashMap<String, AtomicLong> kinds = new ConcurrentHashMap<>();
    private final List<String> lies = new ArrayList<>();
    private volatile long mostResidentBytes;
    private volatile String during = "start";
    private volatile String silentDuring = "";

    /** A client got an answer that is no error. */
    void answered() {
        answers.incrementAndGet();
        long now = System.nanoTime();
        long silence = now - lastAnswerNanos.getAndSet(now);
        if (silence > longestSilenceNanos.get()) {
            longestSilenceNanos.accumulateAndGet(silence, Math::max);
            silentDuring = during;
        }
    }

    /** Clients were not allowed to ask until now: that is no silence. */
    void goesOn() {
        lastAnswerNanos.set(System.nanoTime());
    }

    /** A client got an error, or none. */
    void failed(String how) {
        errors.incrementAndGet();
        kinds.computeIfAbsent(how.replaceAll("[0-9]+", "N"), kind -> new AtomicLong())
                .incrementAndGet();
    }

    /** Something was seen that must never be. */
    void lie(String what) {
        synchronized (lies) {
            if (lies.size() < MOST_LIES) {
                lies.add("[" + during + "] " + what);
                System.err.println("LIE [" + during + "] " + what);
            }
        }
    }

    /** What happens now, for the messages. */
    void during(String what) {
        during = what;
    }

    /** A node has so much memory. */
    void resident(long bytes) {
        mostResidentBytes = Math.max(mostResidentBytes, bytes);
    }

    long mostResidentBytes() {
        return mostResidentBytes;
    }

    long answers() {
        return answers.get();
    }

    long longestSilenceMillis() {
        return longestSilenceNanos.get() / 1_000_000;
    }

    String silentDuring() {
        return silentDuring;
    }

    List<String> lies() {
        synchronized (lies) {
            return List.copyOf(lies);
        }
    }

    @Override
    public String toString() {
        return answers + " answers, " + errors + " errors " + kinds + ", longest silence " + longestSilenceMillis()
                + " ms [" + silentDuring + "], most memory of a node " + (mostResidentBytes >> 20) + " MB, lies "
                + lies().size();
    }
}
