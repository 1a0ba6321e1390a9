package io.mempair.proxy.copies;

import io.mempair.proxy.backend.BufferedRequest;
import io.mempair.proxy.backend.BufferedRequest.ReplyListener;
import io.mempair.proxy.backend.ServerConnection;
import io.mempair.proxy.backend.ServerFailure;
import io.mempair.proxy.config.CopyPolicy.Acknowledge;
import io.mempair.proxy.loop.ByteRanges;
import io.mempair.proxy.metrics.ProxyMeter;
import io.mempair.proxy.pool.MoveWatch;
import io.mempair.proxy.protocol.text.ReplyLine;
import io.mempair.proxy.replication.Key;
import io.mempair.proxy.replication.ReplicaState;
import io.mempair.proxy.replication.ReplicaStatus;
import io.mempair.proxy.replication.WriteOrder;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A write to both copies of a key, ordered by {@link WriteOrder}. It skips a server that is out, or is lost on the way:
 * the key enters that server's {@link ReplicaState} before the client is answered, so nobody reads the old copy again.
 */
public abstract sealed class ReplicatedWrite implements Runnable permits UnconditionalWrite, PrimaryFirstWrite {

    private static final Logger LOG = LoggerFactory.getLogger(ReplicatedWrite.class);

    final WriteContext context;
    /** Replaced once, by {@link #identify}. */
    ReplicatedCommand command;

    final ServerConnection primary;
    final ServerConnection backup;
    private final @Nullable ByteRanges data;
    private final int stripe;
    private @Nullable Key key;

    /** A server that missed the write, which the peers must know before the client is answered; or null. */
    private @Nullable ReplicaState relied;

    /**
     * A server that did not confirm the write and must not miss it, because the other one lacks keys; or null. Then the
     * client gets an error.
     */
    private @Nullable ServerConnection unconfirmed;

    private final long arrivedNanos;

    /** The reign it arrived in; in a later one nothing of it is sent. */
    private final long reign;

    /** Whether it waits for the last copy; nothing of it has been sent. */
    private boolean waits;

    private boolean answered;
    private boolean ended;

    ReplicatedWrite(
            WriteContext context,
            ReplicatedCommand command,
            @Nullable ByteRanges data,
            ServerConnection primary,
            ServerConnection backup,
            int stripe) {
        this.context = context;
        this.command = command;
        this.data = data;
        this.primary = primary;
        this.backup = backup;
        this.stripe = stripe;
        this.arrivedNanos = context.loop().nowNanos();
        this.reign = context.loop().reign();
    }

    /**
     * Sends a write once it is first in its stripe.
     *
     * @param command  what to send and how to answer
     * @param data     the data block or null; owned from here on
     * @param primary  the key's server in the primary tier
     * @param backup   the key's server in the backup tier
     * @param stripe   of the key
     */
    public static void send(
            WriteContext context,
            ReplicatedCommand command,
            @Nullable ByteRanges data,
            ServerConnection primary,
            ServerConnection backup,
            int stripe) {
        if (command.isConditional()) {
            context.order().exclusive(stripe, new PrimaryFirstWrite(context, command, data, primary, backup, stripe));
        } else {
            context.order().shared(stripe, new UnconditionalWrite(context, command, data, primary, backup, stripe));
        }
    }

    /** Sends the write. An exception fails this write alone; the stripe is released for those that follow. */
    @Override
    public final void run() {
        waits = false;
        try {
            if (isOfThisReign()) {
                begin();
            } else {
                fail(ServerFailure.UNAVAILABLE);
                end();
            }
        } catch (RuntimeException | Error defect) {
            broken(defect);
        }
    }

    private boolean isOfThisReign() {
        return context.loop().reign() == reign;
    }

    abstract void begin();

    /**
     * Neither, one or both servers may have received the write: the copy that is read first is kept, the other is out
     * of date.
     */
    private void broken(Throwable defect) {
        context.loop().threw(defect);
        LOG.error("internal error: a write failed", defect);
        boolean ofPrimary = primary.serves();
        fail(ServerFailure.CONNECTION_LOST);
        doubtedAt(ofPrimary ? primary : backup);
        outdatedAt(ofPrimary ? backup : primary);
        end();
    }

    /** Runs a later step of the write; an exception fails this write alone. */
    final void guarded(Runnable step) {
        try {
            step.run();
        } catch (RuntimeException | Error defect) {
            broken(defect);
        }
    }

    /**
     * Gives both copies the same cas id, if both servers accept ids. Call it when the write is sent, so that ids rise
     * in write order.
     */
    final void identify() {
        if (primary.takesIds() && backup.takesIds()) {
            int longestItemBytes = Math.min(primary.longestItemBytes(), backup.longestItemBytes());
            command = command.identified(context.loop(), longestItemBytes);
        }
    }

    final Key key() {
        Key made = key;
        if (made == null) {
            made = command.key();
            key = made;
        }
        return made;
    }

    final ServerConnection otherThan(ServerConnection server) {
        return server == primary ? backup : primary;
    }

    /** The server that does not serve although the other one does, or null. */
    final @Nullable ServerConnection absent() {
        boolean primaryServes = primary.serves();
        if (primaryServes == backup.serves()) {
            return null;
        }
        return primaryServes ? backup : primary;
    }

    /**
     * Tries the write again when that server serves or is given up; fails it if that takes too long. Nothing of it has been
     * sent. Later requests of this loop for the key stay behind it. A {@code flush_all} or a reload that waits for it cuts that
     * short: until then no client of any key is served on this loop.
     */
    final void waitFor(ServerConnection server) {
        LastCopyWait.begin(
                context.loop(),
                server,
                arrivedNanos + context.policy().lastCopyWait().toNanos(),
                context.order()::globalWaits,
                () -> context.order().resume(stripe, command.isConditional(), this), // may wait again
                () -> guarded(() -> {
                    fail(ServerFailure.TIMED_OUT);
                    end();
                }));
        waits = true;
        context.order().hold(stripe);
    }

    /** Whether the write may be sent to that server. If not, the server has {@link #missedBy missed} it. */
    final boolean takes(ServerConnection server) {
        ReplicaState replica = server.state().replica();
        if (server.usable() && (replica.status() != ReplicaStatus.OUT || replica.takes(key()))) {
            return true;
        }
        missedBy(server);
        return false;
    }

    /**
     * The server does not have the write, or may not have it.
     *
     * @return whether the client may be answered all the same; if not, the server's copy of the key is the one that counts
     */
    final boolean missedBy(ServerConnection server) {
        ReplicaState replica = server.state().replica();
        boolean may = replica.missed(key());
        if (may) {
            relied = replica;
        } else {
            unconfirmed = server;
        }
        return may;
    }

    /** As {@link #missedBy}; where that is not allowed, the other copy counts, and this one is deleted at the return. */
    final void outdatedAt(ServerConnection server) {
        if (!missedBy(server)) {
            differsAt(server);
        }
    }

    /** The other copy counts, unless its server missed an acknowledged write. */
    final void differsAt(ServerConnection server) {
        server.state().replica().differs(key(), otherThan(server).state().replica());
    }

    /** The server that must not miss the write but has not confirmed it, or null. */
    final @Nullable ServerConnection unconfirmed() {
        return unconfirmed;
    }

    /**
     * That server is the last copy and has not confirmed the write, so the write fails. If the other server has executed
     * it, that copy counts, and the last copy's is deleted when it returns: it may have died with all it held. Else the other
     * server may hold anything: the key is deleted there, so that the last copy's value counts.
     *
     * @param executed  whether the other server is known to have executed the write
     */
    final void failUnconfirmed(ServerConnection lastCopy, boolean executed, ServerFailure failure) {
        if (executed) {
            differsAt(lastCopy);
            fail(failure);
            end();
            return;
        }
        ServerConnection holder = otherThan(lastCopy);
        ReplicaState replica = holder.state().replica();
        replica.refill().lacks(List.of(key()));
        Runnable failed = () -> {
            fail(failure);
            end();
        };
        Runnable delete = () -> guarded(() -> {
            if (isOfThisReign()) {
                deleteAt(holder, failed);
            } else {
                failed.run(); // the state that lacks the key may have been replaced by another node's
            }
        });
        PeerAckBarrier.of(replica, context.loop(), delete, delete);
    }

    /** The server may have the write, and no other server has it. */
    final void doubtedAt(ServerConnection server) {
        server.state().replica().doubted();
    }

    final void sendTo(ServerConnection server, CopyCommand sent, ReplyListener listener) {
        BufferedRequest request = BufferedRequest.ofWrite(sent.timedAs(), sent.shape(), listener);
        try {
            sent.appendLine(
                    server.output().append(sent.lineBytes()),
                    server.state().replica().tag());
            if (data != null && sent.carriesData()) {
                data.copyTo(server.output());
            }
            server.sent(request);
        } catch (RuntimeException | Error defect) {
            server.unsent(request, defect);
        }
    }

    /** Deletes the key on that server. A server that does not confirm it has missed the write. */
    final void deleteAt(ServerConnection server, Runnable then) {
        if (!server.usable()) {
            outdatedAt(server);
            then.run();
            return;
        }
        ReplyListener listener = new ReplyListener() {
            @Override
            public void answered(byte[] bytes, ReplyLine meaning) {
                if (meaning.isError()) {
                    outdatedAt(server);
                }
                then.run();
            }

            @Override
            public void failed(ServerFailure failure) {
                outdatedAt(server);
                then.run();
            }
        };
        sendTo(server, command.deletion(), listener);
    }

    final boolean answersEarly() {
        return context.policy().acknowledge() == Acknowledge.PRIMARY;
    }

    /** Answers the client, once: immediately, or when the peers know which server missed the write. */
    final void answer(ServerReply reply) {
        if (unconfirmed != null) {
            fail(ServerFailure.TIMED_OUT);
        } else if (!answered) {
            answered = true;
            whenPeersKnow(() -> command.answer(reply.bytes(), reply.meaning(), reply.tag()));
        }
    }

    final void fail(ServerFailure failure) {
        if (!answered) {
            answered = true;
            context.loop().counters().count(ProxyMeter.SERVER_ERRORS);
            command.failed(failure);
        }
    }

    private void whenPeersKnow(Runnable task) {
        ReplicaState replica = relied;
        if (replica == null) {
            task.run();
        } else {
            PeerAckBarrier.of(replica, context.loop(), task, () -> command.failed(ServerFailure.TIMED_OUT));
        }
    }

    /**
     * Both servers are done with the write. Only the first call has an effect: an exception may end what is already
     * ending.
     */
    final void end() {
        if (ended) {
            return;
        }
        ended = true;
        MoveWatch moves = context.moves();
        if (moves != null) {
            moves.ended(key());
        }
        if (data != null) {
            data.release();
        }
        if (waits) {
            context.order().giveUp(stripe);
        } else {
            context.order().ended(stripe);
        }
    }
}
