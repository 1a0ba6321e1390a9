package io.mempair.ha.address;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Consecutive failures to keep a guard running: the pause before the next attempt, and whether this failure was already
 * logged. Not thread-safe.
 */
final class StartFailures {

    /** Pause before the second attempt. */
    static final Duration FIRST_PAUSE = Duration.ofMillis(500);

    /** The pause doubles up to this; a repair takes effect within it. */
    static final Duration MAX_PAUSE = Duration.ofSeconds(5);

    private Duration pause = Duration.ZERO;
    private @Nullable String reason;

    /** Records a failure; returns whether its reason differs from the last one. */
    boolean failed(String why) {
        Duration doubled = pause.multipliedBy(2);
        pause = pause.isZero() ? FIRST_PAUSE : doubled.compareTo(MAX_PAUSE) > 0 ? MAX_PAUSE : doubled;
        boolean news = !why.equals(reason);
        reason = why;
        return news;
    }

    /** The pause after the last failure. */
    Duration pause() {
        return pause;
    }

    /** Records success; returns whether there were failures. */
    boolean worked() {
        boolean failed = reason != null;
        pause = Duration.ZERO;
        reason = null;
        return failed;
    }
}
