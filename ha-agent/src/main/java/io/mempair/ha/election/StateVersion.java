package io.mempair.ha.election;

import java.util.Comparator;

/**
 * How recent a member's copy of the servers' state is. Copies compare by reign, then within it.
 *
 * @param epoch    the reign in which the state was determined; 0 for no state
 * @param version  counts its changes within that reign
 */
public record StateVersion(long epoch, long version) implements Comparable<StateVersion> {

    /** No state: of a member that has just started. */
    public static final StateVersion NONE = new StateVersion(0, 0);

    private static final Comparator<StateVersion> ORDER =
            Comparator.comparingLong(StateVersion::epoch).thenComparingLong(StateVersion::version);

    @Override
    public int compareTo(StateVersion other) {
        return ORDER.compare(this, other);
    }

    /** Whether this state is more recent than {@code other}. */
    public boolean isNewerThan(StateVersion other) {
        return compareTo(other) > 0;
    }
}
