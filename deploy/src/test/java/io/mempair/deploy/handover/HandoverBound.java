package io.mempair.deploy.handover;

import java.util.Locale;
import java.util.stream.Stream;

/** What hand-overs are to take at most, in milliseconds, on two cores that the load and both nodes share: medians, and the worst. */
enum HandoverBound {
    UP_TO_200(200, 60, 150, 80, 200),
    UP_TO_1000(1_000, 100, 250, 140, 300),
    UP_TO_5000(5_000, 400, 700, 500, 800),
    MORE(10_000, 700, 1_000, 800, 1_200);

    private final int connections;
    private final int whole;
    private final int worstWhole;
    private final int stall;
    private final int worstStall;

    HandoverBound(int connections, int whole, int worstWhole, int stall, int worstStall) {
        this.connections = connections;
        this.whole = whole;
        this.worstWhole = worstWhole;
        this.stall = stall;
        this.worstStall = worstStall;
    }

    static HandoverBound of(int connections) {
        return Stream.of(values())
                .filter(bound -> connections <= bound.connections)
                .findFirst()
                .orElse(MORE);
    }

    /** The bound beside the figures, and whether they are within it. */
    String beside(long medianWhole, long mostWhole, long medianStall, long mostStall) {
        boolean within =
                medianWhole <= whole && mostWhole <= worstWhole && medianStall <= stall && mostStall <= worstStall;
        return String.format(
                Locale.ROOT,
                "whole %d ms (%d), longest stall %d ms (%d); bound for %d connections: %d (%d), %d (%d): %s",
                medianWhole,
                mostWhole,
                medianStall,
                mostStall,
                connections,
                whole,
                worstWhole,
                stall,
                worstStall,
                within ? "within" : "OVER");
    }
}
