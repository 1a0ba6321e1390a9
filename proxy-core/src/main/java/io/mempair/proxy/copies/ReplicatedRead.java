package io.mempair.proxy.copies;

import io.mempair.proxy.backend.ServerConnection;
import io.mempair.proxy.backend.ServerFailure;
import io.mempair.proxy.loop.OutputBatch;
import io.mempair.proxy.metrics.ProxyMeter;
import io.mempair.proxy.protocol.text.ReplyShape;
import org.jspecify.annotations.Nullable;

/**
 * A read of one key with two copies. Asks the primary if it serves, else the backup. Asks the other copy if the reply
 * is lost, or if a refilling server misses. Each server is asked at most once; the reply that begins first goes to the
 * client.
 *
 * <p>A read that sets a lifetime is ordered like a write, and sets the lifetime on the other copy too. {@code mg N} is
 * ordered like a write while the server is refilling: the key is copied there first.
 */
abstract class ReplicatedRead extends OrderedRead {

    final ServerConnection primary;
    final ServerConnection backup;

    private boolean primaryAsked;
    private boolean backupAsked;
    private int inFlight;

    /** The server whose reply goes to the client; null until a reply begins. */
    private @Nullable ServerConnection answering;

    /**
     * The server that missed, or held only a refill mark, so that the other copy decides; or null. It may be complete by
     * now, or out: what it was when it was asked counts.
     */
    private @Nullable ServerConnection lacking;

    /** Hedge timer of the primary, while this read may be hedged. */
    private @Nullable HedgeTimer hedgeTimer;

    /** When the primary was asked, in nanoseconds on the loop's clock; set by {@link HedgeTimer}. */
    long askedNanos;

    ReplicatedRead(ReplicatedReadContext reads, ServerConnection primary, ServerConnection backup) {
        super(reads);
        this.primary = primary;
        this.backup = backup;
    }

    @Override
    final boolean isOrderedLikeWrite() {
        return touches()
                || (makesItems()
                        && (ReplicatedReadContext.isRefilling(primary) || ReplicatedReadContext.isRefilling(backup)));
    }

    /**
     * A miss is not sure, because that server may have the key and did not reply: asks again when it serves, and fails if
     * that takes too long. If the server is given up, the miss counts.
     */
    private void askAgainAfter(ServerConnection server) {
        limitWait();
        answering = null;
        lacking = null;
        hedgeTimer = null;
        primaryAsked = false;
        backupAsked = false;
        LastCopyWait.begin(
                reads.loop(), server, waitsUntilNanos(), this, () -> endWithFailure(ServerFailure.TIMED_OUT));
    }

    /** Whether that server may have a key that the other one lacks. */
    private static boolean mayHaveMore(ServerConnection server) {
        return !server.state().replica().isLost();
    }

    @Override
    final void begin() {
        ServerConnection first = first();
        if (first == null) {
            endWithFailure(ServerFailure.UNAVAILABLE);
        } else if (needsItemFirst(first) && !otherThan(first).serves() && mayHaveMore(otherThan(first))) {
            askAgainAfter(otherThan(first));
        } else if (needsItemFirst(first) && otherThan(first).serves()) {
            CopyBeforeRead.start(this, otherThan(first), first);
        } else {
            ask(first);
            if (first == primary && !isAlone() && !makesItems() && reads.hedges() && mayHedge()) {
                HedgeTimer timer = reads.hedgeTimerOf(primary);
                hedgeTimer = timer;
                timer.asked(this);
            }
        }
    }

    /**
     * Whether the item must be copied to that server first: on a miss the server would make one, or would prolong the life of
     * the mark that a copy which broke off has left there.
     */
    private boolean needsItemFirst(ServerConnection server) {
        boolean changesMore =
                makesItems() || (touches() && server.state().replica().refill().mayHoldMarks());
        return isAlone() && changesMore && ReplicatedReadContext.isRefilling(server);
    }

    /** Whether no reply has begun. */
    final boolean isOpen() {
        return answering == null;
    }

    /** Whether the backup may be asked as well: both copies are complete. */
    final boolean mayHedge() {
        return mayAsk(backup)
                && !ReplicatedReadContext.isRefilling(primary)
                && !ReplicatedReadContext.isRefilling(backup);
    }

    /** Asks the backup too: the primary is slow. */
    final void hedge() {
        reads.counters().count(ProxyMeter.READS_HEDGED);
        ask(backup);
    }

    private void measure(ServerConnection server) {
        HedgeTimer timer = hedgeTimer;
        if (timer != null && server == primary) {
            hedgeTimer = null;
            timer.answered(this);
        }
    }

    /** Asks the server that serves, the primary if both do. */
    final void askFirst() {
        ServerConnection first = first();
        if (first == null) {
            endWithFailure(ServerFailure.UNAVAILABLE);
        } else {
            ask(first);
        }
    }

    private @Nullable ServerConnection first() {
        if (primary.serves()) {
            return primary;
        }
        return backup.serves() ? backup : null;
    }

    private void ask(ServerConnection server) {
        if (server == primary) {
            primaryAsked = true;
        } else {
            backupAsked = true;
            reads.counters().count(ProxyMeter.READS_FROM_BACKUP);
        }
        inFlight++;
        ReadAttempt attempt = attemptAt(server);
        try {
            append(server.output());
            server.sent(attempt);
        } catch (RuntimeException | Error defect) {
            server.unsent(attempt, defect);
        }
    }

    /** The server of the other copy. */
    final ServerConnection otherThan(ServerConnection server) {
        return server == primary ? backup : primary;
    }

    private boolean mayAsk(ServerConnection server) {
        return server.serves() && !(server == primary ? primaryAsked : backupAsked);
    }

    /** Whether it sets a lifetime. */
    abstract boolean touches();

    /** Whether a miss creates an item. */
    abstract boolean makesItems();

    /** The request to one server. */
    abstract ReadAttempt attemptAt(ServerConnection server);

    /** Appends the request to the server's output. */
    abstract void append(OutputBatch output);

    /** Appends a command that sets the lifetime without returning the item. */
    abstract void appendTouch(OutputBatch output);

    /** Shape of the reply to {@link #appendTouch}. */
    abstract ReplyShape touchShape();

    /** A request to a server has ended. */
    final void oneOver() {
        inFlight--;
    }

    /** An item begins to arrive from that server; returns whether it goes to the client. */
    final boolean beginsAt(ServerConnection server) {
        if (answering == null) {
            answering = server;
        }
        measure(server);
        return answering == server;
    }

    /** The item was not the requested one. */
    final void beginsNot() {
        answering = null;
    }

    /** The item of that server is complete. */
    final void foundAt(ServerConnection server) {
        if (answering != server) {
            return;
        }
        ServerConnection other = otherThan(server);
        if (touches() && other != lacking) {
            OtherCopyTouch.send(this, other);
        } else {
            endWithHit();
        }
        // after the reply: the client does not wait for a refill
        if (lacking != null) {
            reads.lookedUp(true, key(), lacking, server);
        } else if (ReplicatedReadContext.isRefilling(other)) {
            reads.mayLack(key(), server, other);
        }
    }

    /**
     * The server has no such item.
     *
     * @param mayLack  whether the other server may have it: this one is refilling, or holds a refill mark
     */
    final void missedAt(ServerConnection server, boolean mayLack) {
        measure(server);
        if (answering != null) {
            return;
        }
        ServerConnection other = otherThan(server);
        if (mayLack && lacking == null && mayAsk(other)) {
            lacking = server;
            ask(other);
        } else if (mayLack && lacking == null && inFlight > 0) {
            lacking = server;
        } else if (mayLack && lacking == null && mayHaveMore(other)) {
            askAgainAfter(other);
        } else {
            answering = server;
            end(this::answerMiss);
            if (lacking != null) {
                reads.lookedUp(false, key(), lacking, server);
            }
        }
    }

    /** The server replied with an error, which {@code pass} forwards unless the other server is still to reply. */
    final void refusedAt(ServerConnection server, Runnable pass) {
        if (answering == null && inFlight == 0) {
            answering = server;
            end(pass);
        }
    }

    /** No reply of that server will arrive, or it broke off. */
    final void failedAt(ServerConnection server, ServerFailure failure) {
        if (touches()) {
            lifetimeUnknownAt(server);
        }
        if (answering == server) {
            endWithFailure(failure);
        } else if (answering == null && inFlight == 0) {
            lostAt(server, failure);
        }
    }

    /** Nobody knows the lifetime of this copy. The other copy is authoritative, if there is one. */
    private void lifetimeUnknownAt(ServerConnection server) {
        if (otherThan(server).serves()) {
            server.state().replica().missed(key());
        } else {
            server.state().replica().doubted();
        }
    }

    /**
     * Asks the other copy, which is safe for a read. If that one has already missed, the client gets the miss, unless only
     * this server may have the key.
     */
    private void lostAt(ServerConnection server, ServerFailure failure) {
        if (lacking == null && mayAsk(otherThan(server))) {
            ask(otherThan(server));
            return;
        }
        if (lacking != null && mayHaveMore(server)) {
            askAgainAfter(server);
            return;
        }
        answering = server;
        end(lacking == null ? () -> answerFailure(failure) : this::answerMiss);
    }
}
