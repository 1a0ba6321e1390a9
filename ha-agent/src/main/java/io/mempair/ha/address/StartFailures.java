package io.mempair.ha.address;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Failures in a row to keep a guard running: how long to wait before the next try, and whether the operator has heard
 * of this one already. Not thread-safe.
 */
final class StartFailures {

    /** Before the second try. */
    static final Duration FIRST_PAUSE = Duration.ofMillis(500);

    /** The pause doubles up to this: what an operator repairs is noticed within it. */
    static final Duration MAX_PAUSE = Duration.ofSeconds(5);

    private Duration pause = Duration.ZERO;
    private @Nullable String reason;

    /** Notes one more; true when the reason is another than last time. */
    boolean failed(String why) {
        Duration doubled = pause.multipliedBy(2);
        pause = pause.isZero() ? FIRST_PAUSE : doubled.compareTo(MAX_PAUSE) > 0 ? MAX_PAUSE : doubled;
        boolean news = !why.equals(reason);
        reason = why;
        return news;
    }

    /** How long to wait after the last one. */
    Duration pause() {
        return pause;
    }

    /** It works; true when there had been failures. */
    boolean worked() {
        boolean failed = reason != null;
        pause = Duration.ZERO;
        reason = null;
        return failed;
    }
}
