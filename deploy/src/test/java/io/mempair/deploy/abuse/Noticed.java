package io.mempair.deploy.abuse;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicLongArray;

/** What well-behaved clients noticed in one phase: errors, and how long answers took. Any thread. */
final class Noticed {

    /** Buckets a doubling: a percentile is at most a twentieth too high. */
    private static final int BUCKETS_A_DOUBLING = 16;

    private static final int BUCKETS = 64 * BUCKETS_A_DOUBLING;
    private static final double LOG_2 = Math.log(2);

    private final AtomicLongArray buckets = new AtomicLongArray(BUCKETS);
    private final AtomicLong answers = new AtomicLong();
    private final AtomicLong longestNanos = new AtomicLong();
    private final AtomicInteger errors = new AtomicInteger();
    private volatile String firstError = "";

    void answered(long nanos) {
        answers.incrementAndGet();
        buckets.incrementAndGet((int) (Math.log(Math.max(1.0, nanos)) / LOG_2 * BUCKETS_A_DOUBLING));
        longestNanos.accumulateAndGet(nanos, Math::max);
    }

    void failed(String how) {
        if (errors.getAndIncrement() == 0) {
            firstError = how;
        }
    }

    int errors() {
        return errors.get();
    }

    String firstError() {
        return firstError;
    }

    long answers() {
        return answers.get();
    }

    double longestMillis() {
        return longestNanos.get() / 1e6;
    }

    /** Milliseconds that 99 of 100 answers took at most. */
    double p99Millis() {
        long most = answers.get() / 100;
        long above = 0;
        for (int i = BUCKETS - 1; i > 0; i--) {
            above += buckets.get(i);
            if (above > most) {
                return Math.pow(2, (i + 1.0) / BUCKETS_A_DOUBLING) / 1e6;
            }
        }
        return 0;
    }
}
