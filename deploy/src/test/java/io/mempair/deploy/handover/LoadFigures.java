package io.mempair.deploy.handover;

import java.util.Locale;
import java.util.concurrent.atomic.AtomicLong;

/** What the clients saw. The load's thread counts, any thread reads. */
final class LoadFigures {

    /** More than these are counted, not printed. */
    private static final int MAX_PRINTED = 20;

    private final boolean tells;
    private final AtomicLong answered = new AtomicLong();
    private final AtomicLong counted = new AtomicLong();
    private final AtomicLong visitors = new AtomicLong();
    private final AtomicLong wrong = new AtomicLong();
    private final AtomicLong lost = new AtomicLong();
    private final AtomicLong hung = new AtomicLong();
    private final AtomicLong longestNanos = new AtomicLong();
    private final AtomicLong longestNewNanos = new AtomicLong();

    /** @param tells  whether connections that are lost or hang are worth a line each */
    LoadFigures(boolean tells) {
        this.tells = tells;
    }

    /** A request was answered rightly. */
    void answered(boolean counts) {
        answered.incrementAndGet();
        if (counts) {
            counted.incrementAndGet();
        }
    }

    /** A client that came, asked and went had all its answers. */
    void visited() {
        visitors.incrementAndGet();
    }

    /** From when a request was due to its answer. */
    void waited(long nanos, boolean newClient) {
        (newClient ? longestNewNanos : longestNanos).accumulateAndGet(nanos, Math::max);
    }

    /** An answer was not the one that must come. */
    void wrong(String what) {
        print(true, wrong.incrementAndGet(), "wrong: " + what);
    }

    /** A connection was closed, reset or refused, or got an error. */
    void lost(String what) {
        print(tells, lost.incrementAndGet(), "lost: " + what);
    }

    /** A connection had no answer for too long. */
    void hung(String what) {
        print(tells, hung.incrementAndGet(), "hung: " + what);
    }

    private static void print(boolean tells, long count, String what) {
        if (tells && count <= MAX_PRINTED) {
            System.err.println(what);
        }
    }

    /** The longest wait since the last call, of clients that were there and of new ones, in milliseconds. */
    long[] longestMillis() {
        return new long[] {longestNanos.getAndSet(0) / 1_000_000, longestNewNanos.getAndSet(0) / 1_000_000};
    }

    long answeredSoFar() {
        return answered.get();
    }

    long wrongAnswers() {
        return wrong.get();
    }

    /** Connections that were lost or hung. */
    long lostConnections() {
        return lost.get() + hung.get();
    }

    /** Whether nothing went wrong. */
    boolean isClean() {
        return wrong.get() + lost.get() + hung.get() == 0;
    }

    @Override
    public String toString() {
        return String.format(
                Locale.ROOT,
                "%d answers (%d incr), %d new connections; %d wrong or lost answers, %d connections closed, reset or"
                        + " refused, %d hung",
                answered.get(),
                counted.get(),
                visitors.get(),
                wrong.get(),
                lost.get(),
                hung.get());
    }
}
