package io.mempair.deploy.faults;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Holds the figures of a row against its bounds. */
final class RowVerdict {

    /** Below this no outage is anybody's fault, and shorter or longer means nothing. */
    private static final double NOISE_MILLIS = 20;

    private final Options options;
    private final Figures figures;
    private final List<String> broken = new ArrayList<>();

    private RowVerdict(Options options, Figures figures) {
        this.options = options;
        this.figures = figures;
    }

    /**
     * What is broken, a line each with row, figure and bound.
     *
     * @param versus  the same row of the other product, or null
     */
    static List<String> of(Options options, Figures figures, @Nullable Figures versus) {
        var verdict = new RowVerdict(options, figures);
        verdict.problems();
        if (!figures.whole().isEmpty()) {
            verdict.outage();
            verdict.held();
            verdict.counts();
            if (versus != null) {
                verdict.shorterThan(versus);
            }
        }
        return verdict.broken;
    }

    private void problems() {
        List<RoundResult> rounds = figures.rounds();
        for (int i = 0; i < rounds.size(); i++) {
            if (!rounds.get(i).whole()) {
                say("round " + (i + 1) + ": " + rounds.get(i).problem());
            }
        }
    }

    private void outage() {
        long limit = figures.row().outage().limitMillis(options);
        if (limit < 0) {
            return;
        }
        bound("outage, median", figures.median(RoundResult::outageMillis), limit);
        if (figures.row().kind() == Row.RowKind.CUT) {
            bound("nobody had the address, every round", figures.max(RoundResult::nobodyMillis), limit);
        }
    }

    private void held() {
        switch (figures.row().held().in(options)) {
            case NEVER -> {
                bound("both had the address, every round", figures.max(RoundResult::bothMillis), 0);
                strangers();
            }
            case KERNEL -> {
                bound("both had the address, median", figures.median(RoundResult::bothMillis), Held.KERNEL_MILLIS);
                strangers();
            }
            case WHILE_SPLIT ->
                bound(
                        "both had the address after the split, median",
                        figures.median(RoundResult::bothAfterMillis),
                        Held.AFTER_SPLIT_MILLIS);
        }
    }

    private void strangers() {
        bound("answers of one node while the other served", figures.max(RoundResult::strangers), 0);
    }

    private void counts() {
        int takeOvers = figures.row().maxTakeOvers(options);
        if (takeOvers >= 0) {
            bound("take-overs, every round", figures.max(RoundResult::takeOvers), takeOvers);
        }
        bound("acknowledged writes that are gone", figures.max(RoundResult::lost), 0);
    }

    /** One that never came back in its rounds was slower; one that was never broken tells nothing. */
    private void shorterThan(Figures versus) {
        for (RoundResult round : versus.rounds()) {
            if (!round.begun()) {
                say(versus.product() + " " + round.problem());
            }
        }
        if (figures.row().kind() == Row.RowKind.BEGINNING) {
            return; // how long programs take to start, not how long a failure lasts
        }
        double ours = figures.median(RoundResult::outageMillis);
        double theirs = versus.median(RoundResult::outageMillis);
        boolean shorter =
                ours < theirs || versus.whole().size() < versus.rounds().size();
        if (ours > NOISE_MILLIS && !shorter) {
            say(String.format(
                    Locale.ROOT, "outage, median: %.0f ms (expected: shorter than keepalived's %.0f)", ours, theirs));
        }
    }

    private void bound(String what, double value, long limit) {
        if (value > limit) {
            say(String.format(Locale.ROOT, "%s: %.1f (bound: %d)", what, value, limit));
        }
    }

    private void say(String what) {
        broken.add(figures.row().word() + ": " + what);
    }
}
