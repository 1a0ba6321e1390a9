package io.mempair.proxy.transfer;

import io.mempair.proxy.backend.ServerConnection;
import io.mempair.proxy.replication.Key;
import io.mempair.proxy.route.MovePlan;
import java.util.List;
import java.util.function.Predicate;

/**
 * The connections of one loop from and to which keys move. Confined to the loop.
 *
 * @param plan     of that loop
 * @param sources  the former servers, in their order
 * @param targets  the next servers, in their order
 */
record Route(MovePlan plan, List<ServerConnection> sources, List<ServerConnection> targets) {

    ServerConnection sourceOf(Key key) {
        return sources.get(plan.ownerOf(key.bytes(), 0, key.bytes().length));
    }

    /** The key's next server, which must be another one: see {@link #moves}. */
    ServerConnection targetOf(Key key) {
        return targets.get(plan.targetOf(key.bytes(), 0, key.bytes().length));
    }

    boolean moves(Key key) {
        return plan.targetOf(key.bytes(), 0, key.bytes().length) != MovePlan.STAYS;
    }

    /** Keys that this source owns and that move; others are leftovers, or the proxy's own. */
    Predicate<Key> movingFrom(ServerConnection source) {
        return key -> !OwnKeys.isOne(key) && sourceOf(key) == source && moves(key);
    }

    /** Keys at that next server which clients do not read there now. */
    Predicate<Key> strayAt(ServerConnection target) {
        return key -> !OwnKeys.isOne(key)
                && !sourceOf(key).state().address().equals(target.state().address());
    }

    /** Whether no server can still carry out a request that nobody waits for. */
    boolean isDrained() {
        return sources.stream().allMatch(server -> server.state().draining() == 0)
                && targets.stream().allMatch(server -> server.state().draining() == 0);
    }

    /** Whether every server can be asked. */
    boolean isUsable() {
        return sources.stream().allMatch(ServerConnection::serves)
                && targets.stream().allMatch(ServerConnection::usable);
    }
}
