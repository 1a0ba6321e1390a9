package io.mempair.ha.check;

import io.mempair.ha.config.TieBreakerConfig;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Evaluates the answers of the tie-breaker. Configured addresses always count. Default addresses count only after they
 * have answered once: otherwise a gateway that drops pings would prevent a lone node from serving. Without any address
 * the pair prefers to serve. Pure: time is a parameter. Not thread-safe.
 */
final class Answers {

    /**
     * Nanoseconds without an answer after the first probe until a default address is ignored; also the silence that is
     * logged.
     */
    static final long SILENCE_NANOS = 2_000_000_000L;

    private final TieBreakerConfig config;
    private @Nullable List<Question> asked;
    private @Nullable Long beganNanos;
    private @Nullable Long answeredNanos;
    private String answeredBy = "";
    private boolean silent;
    private boolean saidNone;

    Answers(TieBreakerConfig config) {
        this.config = config;
    }

    /** Sets the addresses to probe. Returns a line for the log, or null. */
    @Nullable
    String asking(List<Question> questions) {
        if (questions.equals(asked)) {
            return null;
        }
        asked = List.copyOf(questions);
        return asked.isEmpty() ? null : "tie-breaker: asking " + asked;
    }

    /** Records an answer. Returns a line for the log, or null. */
    @Nullable
    String answered(Question question, long nowNanos) {
        boolean again = silent || saidNone;
        answeredNanos = nowNanos;
        answeredBy = question.name();
        silent = false;
        saidNone = false;
        return again ? "tie-breaker: " + question + " answers" : null;
    }

    /** Whether there is no tie-breaker, so that a probe sent now counts as answered. */
    boolean isNone(long nowNanos) {
        if (asked == null) {
            return false;
        }
        if (!config.automatic()) {
            return config.targets().isEmpty();
        }
        return answeredNanos == null && (asked.isEmpty() || isOver(nowNanos, beganNanos));
    }

    /** Starts a round. Returns a line for the log, or null. */
    @Nullable
    String round(long nowNanos) {
        if (asked == null) {
            return null;
        }
        if (beganNanos == null) {
            beganNanos = nowNanos;
        }
        if (isNone(nowNanos)) {
            return saidNone ? null : none();
        }
        Long since = answeredNanos == null ? beganNanos : answeredNanos;
        if (!silent && isOver(nowNanos, since)) {
            silent = true;
            return "tie-breaker: no answer from any of " + asked + ": alone this node would not serve";
        }
        return null;
    }

    private String none() {
        saidNone = true;
        String why =
                config.automatic() ? (asked == null || asked.isEmpty() ? "" : " (no answer from " + asked + ')') : "";
        return "no tie-breaker" + why
                + ": this pair prefers to serve, and a cut between the hosts makes both active; name"
                + " one in group.tie-breaker, or use a witness";
    }

    /** The current status. */
    Checks.CheckStatus status(long nowNanos) {
        if (isNone(nowNanos)) {
            return new Checks.CheckStatus(Checks.TIE_BREAKER, true, "none: prefers to serve");
        }
        if (answeredNanos == null) {
            return new Checks.CheckStatus(
                    Checks.TIE_BREAKER, false, "no answer yet from " + (asked == null ? "any" : asked));
        }
        long agoMillis = (nowNanos - answeredNanos) / 1_000_000;
        return new Checks.CheckStatus(Checks.TIE_BREAKER, !silent, answeredBy + " answered " + agoMillis + " ms ago");
    }

    private static boolean isOver(long nowNanos, @Nullable Long sinceNanos) {
        return sinceNanos != null && nowNanos - sinceNanos >= SILENCE_NANOS;
    }
}
