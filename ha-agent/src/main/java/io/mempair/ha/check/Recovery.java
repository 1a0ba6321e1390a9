package io.mempair.ha.check;

import org.jspecify.annotations.Nullable;

/**
 * Turns bad immediately, and good only after a time without failures, so that a flapping state stays bad. The first
 * check decides alone. Pure: time is a parameter. One thread.
 */
final class Recovery {

    private final long riseNanos;
    private boolean good;
    private boolean looked;
    private @Nullable Long goodSinceNanos;

    /** @param riseNanos  time without failures before it counts as good */
    Recovery(long riseNanos) {
        this.riseNanos = riseNanos;
    }

    /** Records a check; returns whether the state counts as good. */
    boolean look(boolean seenGood, long nowNanos) {
        if (!seenGood) {
            good = false;
            goodSinceNanos = null;
        } else if (!looked) {
            good = true;
        } else if (goodSinceNanos == null) {
            goodSinceNanos = nowNanos;
        }
        looked = true;
        if (!good && goodSinceNanos != null && nowNanos - goodSinceNanos >= riseNanos) {
            good = true;
        }
        return good;
    }
}
