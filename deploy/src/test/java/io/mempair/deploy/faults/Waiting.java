package io.mempair.deploy.faults;

import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/** Waits of the rounds: for something, never without an end, or for the time a fault lasts. */
public final class Waiting {

    private static final long POLL_NANOS = 20_000_000;

    private Waiting() {}

    /** Waits until it is so; otherwise says what was not. */
    public static void until(String what, Duration limit, BooleanSupplier condition) {
        if (!within(limit, condition)) {
            throw new FaultFailure("not within " + limit.toSeconds() + " s: " + what);
        }
    }

    static boolean within(Duration limit, BooleanSupplier condition) {
        long end = System.nanoTime() + limit.toNanos();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() - end >= 0) {
                return false;
            }
            LockSupport.parkNanos(POLL_NANOS);
        }
        return true;
    }

    /** For as long as a fault or a quiet time lasts. */
    public static void last(Duration time) {
        long end = System.nanoTime() + time.toNanos();
        for (long left = time.toNanos(); left > 0; left = end - System.nanoTime()) {
            LockSupport.parkNanos(left);
        }
    }
}
