package io.mempair.ha.check;

import org.jspecify.annotations.Nullable;

/**
 * Bad at once, good again only after a while without anything bad, so that what flaps stays bad. The first look counts
 * alone. Pure: times are given. One thread.
 */
final class Recovery {

    private final long riseNanos;
    private boolean good;
    private boolean looked;
    private @Nullable Long goodSinceNanos;

    /** @param riseNanos  how long it must have been good */
    Recovery(long riseNanos) {
        this.riseNanos = riseNanos;
    }

    /** Whether it counts as good after one more look. */
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
