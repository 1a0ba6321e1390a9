package io.mempair.proxy.transfer;

import io.mempair.proxy.backend.ServerConnection;
import io.mempair.proxy.refill.KeySync;
import io.mempair.proxy.replication.Key;
import io.mempair.proxy.replication.ReplicaStatus;
import io.mempair.proxy.route.MovePlan;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

/**
 * The connections of one loop from and to which copies of keys move. Confined to the loop.
 *
 * @param plan     of that loop
 * @param sources  the former servers, in their order: primaries first, then backups
 * @param targets  the next servers, in their order
 */
record Route(MovePlan plan, List<ServerConnection> sources, List<ServerConnection> targets) {

    /** The former servers that may have the key: the primary, then, with two copies, the backup. */
    List<ServerConnection> holdersOf(Key key) {
        byte[] bytes = key.bytes();
        ServerConnection primary = sources.get(plan.ownerOf(bytes, 0, bytes.length));
        int backup = plan.backupOf(bytes, 0, bytes.length);
        return backup == MovePlan.STAYS ? List.of(primary) : List.of(primary, sources.get(backup));
    }

    /** The next servers that the key is to be copied to; one or two if it {@link #moves}. */
    List<ServerConnection> targetsOf(Key key) {
        byte[] bytes = key.bytes();
        List<ServerConnection> found = new ArrayList<>(2);
        for (int target :
                new int[] {plan.targetOf(bytes, 0, bytes.length), plan.secondTargetOf(bytes, 0, bytes.length)}) {
            if (target != MovePlan.STAYS) {
                found.add(targets.get(target));
            }
        }
        return found;
    }

    boolean moves(Key key) {
        return plan.moves(key.bytes(), 0, key.bytes().length);
    }

    /** Keys that this source owns, in its tier, and that move; others are leftovers, or the proxy's own. */
    Predicate<Key> movingFrom(ServerConnection source) {
        return key -> !OwnKeys.isOne(key) && holdersOf(key).contains(source) && moves(key);
    }

    /** Keys at that next server which clients do not read there now. */
    Predicate<Key> strayAt(ServerConnection target) {
        return key -> !OwnKeys.isOne(key) && !plan.isAt(target.state().address(), key.bytes(), 0, key.bytes().length);
    }

    /**
     * From where the key can be copied now; no holder if it cannot. With two copies a server that serves has every acknowledged write
     * that it holds, and a complete one lacks none.
     */
    KeySync.KeyOrigin originOf(Key key) {
        List<ServerConnection> holders = holdersOf(key);
        if (!plan.hasTwoCopies()) {
            return new KeySync.KeyOrigin(holders, true, false);
        }
        for (ServerConnection holder : holders) {
            if (isComplete(holder)) {
                return new KeySync.KeyOrigin(List.of(holder), true, true);
            }
        }
        List<ServerConnection> serving =
                holders.stream().filter(ServerConnection::serves).toList();
        boolean noneLacks = holders.stream()
                .filter(holder -> !serving.contains(holder))
                .allMatch(holder -> holder.state().replica().isLost());
        return new KeySync.KeyOrigin(serving, noneLacks, true);
    }

    /** Whether that source has every key it owns, as far as is known. */
    static boolean isComplete(ServerConnection source) {
        return source.serves() && source.state().replica().status() == ReplicaStatus.SERVING;
    }

    boolean isBackup(ServerConnection source) {
        return sources.indexOf(source) >= plan.primaryCount();
    }

    /**
     * Whether no server can still carry out a request that nobody waits for, where that matters: with two copies a source that can
     * is out, and is not copied from.
     */
    boolean isDrained() {
        return (plan.hasTwoCopies()
                        || sources.stream().allMatch(server -> server.state().draining() == 0))
                && targets.stream().allMatch(server -> server.state().draining() == 0);
    }

    /** Whether every server that is needed can be asked: with two copies one tier is enough of the sources. */
    boolean isUsable() {
        List<ServerConnection> primaries = sources.subList(0, plan.primaryCount());
        List<ServerConnection> backups = sources.subList(plan.primaryCount(), sources.size());
        boolean sourcesServe = primaries.stream().allMatch(ServerConnection::serves)
                || (plan.hasTwoCopies() && backups.stream().allMatch(ServerConnection::serves));
        return sourcesServe && targets.stream().allMatch(ServerConnection::usable);
    }

    /** Whether the next servers lack nothing that only a former one has. With two copies what one lacks is at the other. */
    boolean mayLead() {
        return plan.leadsToTwoCopies()
                || !plan.hasTwoCopies()
                || targets.stream().allMatch(Route::isComplete);
    }
}
