package io.mempair.proxy.command;

import io.mempair.proxy.backend.ServerConnection;
import io.mempair.proxy.backend.ServerFailure;
import io.mempair.proxy.backend.ServerRequest;
import io.mempair.proxy.copies.PeerAckBarrier;
import io.mempair.proxy.loop.LoopContext;
import io.mempair.proxy.metrics.TimedCommand;
import io.mempair.proxy.pool.MoveWatch;
import io.mempair.proxy.pool.Pool;
import io.mempair.proxy.pool.ServingPlan;
import io.mempair.proxy.protocol.text.ReplyLine;
import io.mempair.proxy.protocol.text.ReplyShape;
import io.mempair.proxy.protocol.text.TextReplies;
import io.mempair.proxy.replication.DelayedFlush.Moment;
import io.mempair.proxy.replication.ReplicaState;
import io.netty.buffer.ByteBuf;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * {@code flush_all} on every server of the pool, backups included. With one copy it succeeds only if every server confirms
 * it. With two copies a server that cannot be reached is flushed when it returns, or when the flush is due: it succeeds if
 * the others confirm it and the peers know of that one; no write is in flight meanwhile. Confined to its loop.
 */
public final class FlushAll {

    /** Receives the outcome. */
    public interface FlushAllListener {
        /**
         * Every server has replied or failed.
         *
         * @param succeeded  whether the client may be told so
         */
        void flushed(boolean succeeded);
    }

    static final byte[] NOT_ALL = TextReplies.line("SERVER_ERROR not every server was flushed");

    private static final byte[] NOW = TextReplies.line("flush_all");

    /** Flushes items stored in the current second too, which servers since 1.6.25 otherwise spare. */
    private static final byte[] THIS_SECOND = TextReplies.line("flush_all 1");

    private final LoopContext loop;

    /** The reign it arrived in; in a later one nothing of it is sent. */
    private final long reign;

    private final ServingPlan plan;
    private final Pool pool;
    private final FlushAllListener listener;

    /** Seconds as in the client's command; 0 or less for now. */
    private final long delaySeconds;

    /** The delayed flush being executed, or null if this is a client's command. */
    private final @Nullable Moment due;

    private long sentNanos;
    private int inFlight = 1;
    private boolean allOk = true;
    private boolean someOk;
    private boolean turnEnded;
    private boolean someMissed;

    private FlushAll(
            LoopContext loop, ServingPlan plan, long delaySeconds, @Nullable Moment due, FlushAllListener listener) {
        this.loop = loop;
        this.reign = loop.reign();
        this.plan = plan;
        this.pool = plan.pool();
        this.delaySeconds = delaySeconds;
        this.due = due;
        this.listener = listener;
    }

    /**
     * Sends a client's command.
     *
     * @param line          with its line end
     * @param delaySeconds  as in the line; 0 or less for now
     * @param plan          the servers
     * @param listener      called once, possibly before this method returns
     */
    public static void send(
            LoopContext loop, byte[] line, long delaySeconds, ServingPlan plan, FlushAllListener listener) {
        new FlushAll(loop, plan, delaySeconds, null, listener).inTurn(server -> line);
    }

    /**
     * Executes a client's delayed flush just before it is due: both copies become equal, and servers that did not
     * receive it are flushed. Items stored after the start survive, except on servers that spare nothing of the current
     * second.
     *
     * @param listener      called once, possibly before this method returns
     */
    public static void carryOut(LoopContext loop, Moment due, ServingPlan plan, FlushAllListener listener) {
        new FlushAll(loop, plan, 0, due, listener).inTurn(server -> server.sparesThisSecond() ? THIS_SECOND : NOW);
    }

    private void inTurn(Function<ServerConnection, byte[]> lines) {
        if (pool.backups() == null) {
            sendToAll(lines);
        } else {
            plan.order().global(() -> sendToAll(lines));
        }
    }

    private void sendToAll(Function<ServerConnection, byte[]> lines) {
        boolean tooLate = due != null && due.leftNanos(loop.clockNanos()) <= 0;
        if (tooLate || loop.reign() != reign) {
            // items stored since would be lost; the caller of a due flush checks again
            endTurn();
            listener.flushed(false);
            return;
        }
        sentNanos = loop.nowNanos();
        noteFlush();
        try {
            pool.all().forEach(server -> sendTo(server, lines));
        } catch (RuntimeException | Error defect) {
            allOk = false;
            throw defect;
        } finally {
            ended();
        }
    }

    /** At its beginning and its end: in between servers may or may not be flushed. */
    private void noteFlush() {
        MoveWatch moves = pool.moves();
        if (moves != null) {
            moves.flushed(loop.nowNanos());
        }
    }

    private void sendTo(ServerConnection server, Function<ServerConnection, byte[]> lines) {
        if (!server.serves()) {
            missedBy(server);
        } else if (delaySeconds > 0
                && hasTwoCopies()
                && !server.state().replica().flushDelivery().allowsDelay()) {
            someOk = true; // kept for this server
            server.state().replica().flushDelivery().acknowledged(false);
        } else {
            inFlight++;
            server.send(new FlushRequest(server), out -> out.bytes(lines.apply(server)));
        }
    }

    private boolean hasTwoCopies() {
        return pool.backups() != null;
    }

    private void missedBy(ServerConnection server) {
        ReplicaState replica = server.state().replica();
        if (!hasTwoCopies()) {
            allOk = false;
        } else if (delaySeconds > 0) {
            replica.flushDelivery().acknowledged(false);
        } else {
            replica.missedEverything();
            someMissed = true;
        }
    }

    private void ended() {
        if (--inFlight > 0) {
            return;
        }
        noteFlush();
        boolean relies = someMissed;
        try {
            if (due != null) {
                plan.delayedFlush().done(due);
            } else if (someOk) {
                relies |= plan.delayedFlush().ordered(delaySeconds, sentNanos);
            }
        } finally {
            endTurn();
        }
        if (relies && due == null) {
            PeerAckBarrier.of(
                    plan.delayedFlush().peers(),
                    loop,
                    () -> listener.flushed(allOk && someOk),
                    () -> listener.flushed(false));
        } else {
            listener.flushed(allOk && someOk);
        }
    }

    /** Only the first call has an effect: an exception may end a flush that is already ending. */
    private void endTurn() {
        if (hasTwoCopies() && !turnEnded) {
            turnEnded = true;
            plan.order().globalEnded();
        }
    }

    private final class FlushRequest extends ServerRequest {

        private final ServerConnection server;
        private boolean over;

        FlushRequest(ServerConnection server) {
            super(TimedCommand.OTHER);
            this.server = server;
        }

        @Override
        protected ReplyShape shape() {
            return ReplyShape.OK;
        }

        @Override
        protected void line(ByteBuf in, int index, int length, ReplyLine meaning) {
            over = true;
            allOk &= meaning == ReplyLine.OK;
            someOk |= meaning == ReplyLine.OK;
            if (delaySeconds > 0) {
                server.state().replica().flushDelivery().acknowledged(meaning == ReplyLine.OK);
            }
            ended();
        }

        @Override
        protected void failed(ServerFailure failure) {
            if (!over) {
                over = true;
                missedBy(server);
                ended();
            }
        }
    }
}
