package io.mempair.ha.agent;

import io.mempair.ha.election.Event;
import io.mempair.ha.election.Message;
import io.mempair.proxy.config.PoolConfig;
import io.mempair.proxy.server.Proxy;
import java.util.List;
import java.util.Optional;

/** Remembers by which servers the election knows that this node places keys. Any thread. */
final class TellingPlacement {

    /**
     * The placement of this node, without a time.
     *
     * @param leading  of the servers that lead
     * @param other    of those to which, or from which, keys move; {@link Message#UNKNOWN_PLACEMENT} if none do
     */
    record Placements(long leading, long other) {

        Event at(long nowNanos) {
            return new Event.PlacementChanged(nowNanos, leading, other);
        }
    }

    private Placements last = new Placements(Message.UNKNOWN_PLACEMENT, Message.UNKNOWN_PLACEMENT);

    /**
     * The placement, if it is another one than at the last call.
     *
     * @param file  the pool of the file, for a proxy that goes by it
     */
    synchronized Optional<Placements> of(Proxy proxy, PoolConfig file) {
        List<PoolConfig> agreed = proxy.agreedPools();
        Placements now = new Placements(
                PlacementNumber.of(agreed.isEmpty() ? file : agreed.get(0)),
                agreed.size() < 2 ? Message.UNKNOWN_PLACEMENT : PlacementNumber.of(agreed.get(1)));
        if (now.equals(last)) {
            return Optional.empty();
        }
        last = now;
        return Optional.of(now);
    }
}
