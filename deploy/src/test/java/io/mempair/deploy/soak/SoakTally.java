package io.mempair.deploy.soak;

import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;

/** What all connections have counted. Any thread may add. */
final class SoakTally {

    /** More than these are counted, not printed. */
    private static final int MAX_PRINTED = 20;

    final LongAdder operations = new LongAdder();
    final LongAdder bytes = new LongAdder();
    private final AtomicLong wrong = new AtomicLong();
    private final AtomicLong lost = new AtomicLong();

    /** An answer was not the one that must come. */
    void wrong(String what) {
        print(wrong.incrementAndGet(), "wrong: " + what);
    }

    /** So many requests got no answer. */
    void lost(int requests, String what) {
        print(lost.addAndGet(requests), "lost: " + requests + " answers, " + what);
    }

    private static void print(long count, String what) {
        if (count <= MAX_PRINTED) {
            System.err.println(what);
        }
    }

    long wrong() {
        return wrong.get();
    }

    long lost() {
        return lost.get();
    }
}
