package io.mempair.proxy.replication;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Which process one server is: the one it was last seen as, and the one that the active node last named. Decides what a new
 * connection means for the items of the server. Guarded by the lock of its {@link ReplicaState}, except {@link #identity}.
 */
final class ServerProcess {

    /** What a connection means for the items of the server. */
    enum Meaning {

        /** It is the known process, or nothing shows that it is another one. */
        SAME,

        /** It is the process that the active node last named, whose update holds. */
        AS_REPORTED,

        /** It is an earlier process than the active node's, which has not received that node's writes. */
        OUTDATED,

        /** It was found at another address and is not the known process: it may hold items from long ago. */
        FOREIGN,

        /** It has restarted, hence is empty. */
        RESTARTED,

        /** The process before it was unknown: it may be empty, and it may still hold outdated items. */
        UNCERTAIN
    }

    private record Update(ReplicaStatus status, ServerIdentity identity) {}

    private volatile @Nullable ServerIdentity identity;

    /** The last update of the active node, while this node is not active. */
    private @Nullable Update update;

    /** The process that the active node last named: what this node takes it for until it has connected to it. */
    private @Nullable ServerIdentity reported;

    /** Whether it was found at another address and may still hold outdated items. */
    private boolean mayHoldAnything;

    /** The process last seen, or null before the first connection. Any thread. */
    @Nullable
    ServerIdentity identity() {
        return identity;
    }

    /** A connection is up, to this process. */
    Meaning connected(ServerIdentity now) {
        ServerIdentity before = identity == null ? reported : identity;
        if (before != null && now.equals(ServerIdentity.UNKNOWN)) {
            return Meaning.SAME;
        }
        boolean isFirst = identity == null;
        identity = now;
        if (before == null || now.equals(before)) {
            return Meaning.SAME;
        }
        if (isInUpdate(now)) {
            return Meaning.AS_REPORTED;
        }
        if (isFirst && isEarlier(now, before)) {
            return Meaning.OUTDATED;
        }
        if (before.equals(ServerIdentity.UNKNOWN)) {
            return Meaning.UNCERTAIN;
        }
        mayHoldAnything = false;
        return Meaning.RESTARTED;
    }

    /** A connection is up at another address than before, to this process. */
    Meaning connectedElsewhere(ServerIdentity now) {
        ServerIdentity before = identity;
        identity = now;
        if (before == null || (now.equals(before) && !now.equals(ServerIdentity.UNKNOWN))) {
            return Meaning.SAME;
        }
        if (isInUpdate(now)) {
            return Meaning.AS_REPORTED;
        }
        mayHoldAnything = true;
        return Meaning.FOREIGN;
    }

    private boolean isInUpdate(ServerIdentity now) {
        return update != null && update.identity.equals(now) && !now.equals(ServerIdentity.UNKNOWN);
    }

    /**
     * The active node reports that status for that process.
     *
     * @return the status that follows for the process this node sees
     */
    ReplicaStatus report(ReplicaStatus ofActive, ServerIdentity identityOfActive) {
        update = new Update(ofActive, identityOfActive);
        reported = identityOfActive.equals(ServerIdentity.UNKNOWN) ? null : identityOfActive;
        ReplicaStatus learned = statusAfter(ofActive, identityOfActive);
        mayHoldAnything &= learned == ReplicaStatus.OUT;
        return learned;
    }

    /** The status in the update that a connection found {@link Meaning#AS_REPORTED}. */
    ReplicaStatus reportedStatus() {
        return Objects.requireNonNull(update, "no update of the active node").status;
    }

    /** The active node's last update holds no more: this node is active. */
    void forgetUpdate() {
        update = null;
    }

    /** It holds no outdated item. */
    void repaired() {
        mayHoldAnything = false;
    }

    /**
     * The status that follows from the active node's update, which holds for the process it names. A later process has
     * restarted and is empty. An earlier one, or one at another address, does not receive the active node's writes: its
     * items are outdated.
     */
    private ReplicaStatus statusAfter(ReplicaStatus ofActive, ServerIdentity identityOfActive) {
        ServerIdentity mine = identity;
        if (mine == null || mine.equals(identityOfActive)) {
            return ofActive;
        }
        if (mayHoldAnything || isEarlier(mine, identityOfActive)) {
            return ReplicaStatus.OUT;
        }
        return ofActive == ReplicaStatus.SERVING ? ReplicaStatus.REFILLING : ofActive;
    }

    private static boolean isEarlier(ServerIdentity mine, ServerIdentity identityOfActive) {
        boolean bothKnown = !mine.equals(ServerIdentity.UNKNOWN) && !identityOfActive.equals(ServerIdentity.UNKNOWN);
        return bothKnown && mine.startedSeconds() <= identityOfActive.startedSeconds();
    }
}
