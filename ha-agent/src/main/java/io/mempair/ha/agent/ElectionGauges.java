package io.mempair.ha.agent;

import io.mempair.ha.election.Election;
import io.mempair.ha.metrics.PairMeter;
import io.mempair.ha.metrics.PairMetrics;
import io.mempair.ha.time.Clock;
import java.util.function.Supplier;

/** The gauges of a node of the pair that are read from its election. */
final class ElectionGauges {

    private ElectionGauges() {}

    /**
     * Names them.
     *
     * @param current  the election as it is now; any thread
     */
    static void name(PairMetrics metrics, Supplier<Election> current, Clock clock, EventQueue events) {
        metrics.with(PairMeter.EPOCH, () -> current.get().epoch())
                .with(PairMeter.HOLDS_ADDRESS, () -> current.get().addressSeen() ? 1 : 0)
                .with(PairMeter.LEASE_REMAINING, () -> current.get().leaseRemainingNanos(clock.nanoTime()) / 1e9)
                .with(
                        PairMeter.PEER_HEARD,
                        () -> current.get().peers().stream()
                                .mapToDouble(peer -> (clock.nanoTime() - peer.heardNanos()) / 1e9)
                                .min()
                                .orElse(Double.NaN))
                .with(PairMeter.PLACEMENT_DIFFERS, () -> peersThatPlaceOtherwise(current.get()) ? 1 : 0)
                .with(PairMeter.EVENTS_DROPPED, events::dropped);
    }

    private static boolean peersThatPlaceOtherwise(Election election) {
        return election.peers().stream().anyMatch(peer -> election.isAlive(peer) && election.placesOtherwise(peer));
    }
}
