package io.mempair.proxy.handover;

import java.util.EnumMap;
import java.util.Map;

/**
 * How many connections were moved, and why the others were not.
 *
 * @param moved     copied, or restored
 * @param notMoved  the others by reason; a reason without one is absent
 */
public record MoveCounts(int moved, Map<NotMoved, Integer> notMoved) {

    /** None at all. */
    public static final MoveCounts NONE = new MoveCounts(0, Map.of());

    public MoveCounts {
        notMoved = Map.copyOf(notMoved);
    }

    /** Those of two loops together. */
    public MoveCounts plus(MoveCounts other) {
        Map<NotMoved, Integer> sum = new EnumMap<>(NotMoved.class);
        sum.putAll(notMoved);
        other.notMoved.forEach((reason, count) -> sum.merge(reason, count, Integer::sum));
        return new MoveCounts(moved + other.moved, sum);
    }

    /** Connections that were not moved. */
    public int failed() {
        return notMoved.values().stream().mapToInt(Integer::intValue).sum();
    }
}
