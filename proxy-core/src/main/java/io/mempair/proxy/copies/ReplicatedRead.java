package io.mempair.proxy.copies;

import io.mempair.proxy.backend.ServerConnection;
import io.mempair.proxy.backend.ServerFailure;
import io.mempair.proxy.backend.ServerRequest;
import io.mempair.proxy.loop.OutputBatch;
import io.mempair.proxy.metrics.ProxyMeter;
import io.mempair.proxy.metrics.TimedCommand;
import io.mempair.proxy.protocol.text.ReplyShape;
import io.mempair.proxy.refill.ItemCopy;
import io.mempair.proxy.refill.ItemCopy.CopyOutcome;
import io.mempair.proxy.replication.Key;
import io.mempair.proxy.replication.ReplicaState;
import io.mempair.proxy.replication.Stripes;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A read of one key that has two copies. Asks the primary if clients may be served from it, else the backup; the other one
 * when the answer is lost, or is a miss of a server that may lack what the other has. Each server is asked once at most, and
 * the answer that begins first is the client's.
 *
 * <p>A read that sets a lifetime takes its turn as a write does, and tells the other server of the lifetime. One that makes
 * an item of a miss takes its turn too, if the server it asks may lack the key, which it is given first.
 */
abstract class ReplicatedRead implements Runnable {

    private static final Logger LOG = LoggerFactory.getLogger(ReplicatedRead.class);

    final ReplicatedReadContext reads;
    final ServerConnection primary;
    final ServerConnection backup;

    private boolean primaryAsked;
    private boolean backupAsked;
    private int inFlight;

    /** Whose answer is the client's, or null before it begins. */
    private @Nullable ServerConnection answering;

    /** A server that had nothing, or only the mark of a refill, so that the other counts; or null. */
    private @Nullable ServerConnection lacking;

    private boolean answered;

    /** The stripe whose turn this read has taken, or -1. */
    private int ownStripe = -1;

    /** The watch over the primary, if the read may be asked of the backup too because the primary is slow. */
    private @Nullable HedgeTimer slow;

    /** When the primary was asked, on the loop's clock; kept by {@link HedgeTimer}. */
    long askedNanos;

    ReplicatedRead(ReplicatedReadContext reads, ServerConnection primary, ServerConnection backup) {
        this.reads = reads;
        this.primary = primary;
        this.backup = backup;
    }

    /** Asks when the turn of the key {@code bytes[offset, offset + length)} has come: at once, if nothing is before it. */
    final void start(byte[] bytes, int offset, int length) {
        int stripe = Stripes.of(bytes, offset, length);
        if (touches()
                || (makesItems()
                        && (ReplicatedReadContext.isRefilling(primary) || ReplicatedReadContext.isRefilling(backup)))) {
            reads.order().exclusive(stripe, () -> {
                ownStripe = stripe;
                run();
            });
        } else if (reads.order().mustWait(stripe)) {
            reads.order().read(stripe, this);
        } else {
            run();
        }
    }

    /** What is thrown costs this read alone, and no turn. */
    @Override
    public final void run() {
        try {
            begin();
        } catch (RuntimeException | Error defect) {
            broken(defect);
        }
    }

    private void broken(Throwable defect) {
        reads.loop().threw(defect);
        LOG.error("a read fails by a fault of ours", defect);
        end(() -> answerFailure(ServerFailure.CONNECTION_LOST));
    }

    private void begin() {
        ServerConnection first = first();
        if (first == null) {
            end(() -> answerFailure(ServerFailure.UNAVAILABLE));
        } else if (ownStripe >= 0
                && makesItems()
                && ReplicatedReadContext.isRefilling(first)
                && otherThan(first).serves()) {
            ItemCopy.start(
                    reads.loop(),
                    otherThan(first),
                    first,
                    key(),
                    ItemCopy.CopyReason.FETCH,
                    reads.refillLifetimeSeconds(),
                    outcome -> {
                        try {
                            fetched(outcome, first);
                        } catch (RuntimeException | Error defect) {
                            broken(defect);
                        }
                    });
        } else {
            ask(first);
            if (first == primary && ownStripe < 0 && !makesItems() && reads.hedges() && mayHedge()) {
                HedgeTimer watch = reads.slowReadsOf(primary);
                slow = watch;
                watch.asked(this);
            }
        }
    }

    /** Whether no answer has begun. */
    final boolean isOpen() {
        return answering == null;
    }

    /** Whether the backup may be asked beside the primary: both are as good. */
    final boolean mayHedge() {
        return mayAsk(backup)
                && !ReplicatedReadContext.isRefilling(primary)
                && !ReplicatedReadContext.isRefilling(backup);
    }

    /** The primary is slow. */
    final void hedge() {
        reads.counters().count(ProxyMeter.READS_HEDGED);
        ask(backup);
    }

    private void measure(ServerConnection server) {
        HedgeTimer watch = slow;
        if (watch != null && server == primary) {
            slow = null;
            watch.answered(this);
        }
    }

    /** Without what the other server has, the first would make a stub in place of an item. */
    private void fetched(CopyOutcome outcome, ServerConnection first) {
        boolean lacks = outcome == CopyOutcome.FAILED || outcome == CopyOutcome.CANNOT;
        if (lacks && first.serves() && otherThan(first).serves()) {
            end(() -> answerFailure(ServerFailure.UNAVAILABLE));
        } else {
            askFirst();
        }
    }

    private void askFirst() {
        ServerConnection first = first();
        if (first == null) {
            end(() -> answerFailure(ServerFailure.UNAVAILABLE));
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
        Asked asked = asked(server);
        try {
            append(server.output());
            server.sent(asked);
        } catch (RuntimeException | Error defect) {
            server.unsent(asked, defect);
        }
    }

    private ServerConnection otherThan(ServerConnection server) {
        return server == primary ? backup : primary;
    }

    private boolean mayAsk(ServerConnection server) {
        return server.serves() && !(server == primary ? primaryAsked : backupAsked);
    }

    /** The key, made when it is needed. */
    abstract Key key();

    /** What its latency is counted as. */
    abstract TimedCommand command();

    /** Whether it sets a lifetime. */
    abstract boolean touches();

    /** Whether a miss makes an item. */
    abstract boolean makesItems();

    /** Who is told what that server answers. */
    abstract Asked asked(ServerConnection server);

    /** Appends the request to what a server is sent. */
    abstract void append(OutputBatch output);

    /** Appends what sets the lifetime at a server that need not answer with the item. */
    abstract void appendTouch(OutputBatch output);

    /** What the answer to that looks like. */
    abstract ReplyShape touchShape();

    /** Ends the answer with what was found. */
    abstract void answerHit();

    /** There is no such item. */
    abstract void answerMiss();

    /** No server gave an answer, or broke off in the middle of it. */
    abstract void answerFailure(ServerFailure failure);

    /** One of the two servers, asked. A subclass reads the answer and calls exactly one of the methods that end it. */
    abstract static class Asked extends ServerRequest {

        final ServerConnection server;
        private final ReplicatedRead read;
        private final boolean refilling;

        /** Whether its answer was whole; it may have led to a fault, and then it fails as well. */
        private boolean over;

        Asked(ReplicatedRead read, ServerConnection server) {
            super(read.command());
            this.read = read;
            this.server = server;
            this.refilling = ReplicatedReadContext.isRefilling(server);
        }

        /** An item begins to arrive; returns whether it is the client's answer. */
        final boolean begins() {
            if (read.answering == null) {
                read.answering = server;
            }
            read.measure(server);
            return read.answering == server;
        }

        private void over() {
            if (!over) {
                over = true;
                read.inFlight--;
            }
        }

        /** It was not what was asked for after all. */
        final void beginsNot() {
            read.answering = null;
        }

        /** The item is whole. */
        final void found() {
            over();
            if (read.answering == server) {
                read.foundAt(server);
            }
        }

        /** The server has no such item, or ({@code leased}) only the mark of one that is being refilled. */
        final void missed(boolean leased) {
            over();
            read.measure(server);
            if (read.answering == null) {
                read.missedAt(server, leased, leased || refilling || ReplicatedReadContext.isRefilling(server));
            }
        }

        /** The server answers with an error; {@code pass} hands it to the client, unless the other is asked and may do better. */
        final void refused(Runnable pass) {
            over();
            if (read.answering == null && read.inFlight == 0) {
                read.answering = server;
                read.end(read.lacking == null ? pass : read::answerMiss);
            }
        }

        @Override
        protected final void failed(ServerFailure failure) {
            over();
            if (read.touches()) {
                read.lifetimeUnknownAt(server);
            }
            if (read.answering == server) {
                read.end(() -> read.answerFailure(failure));
            } else if (read.answering == null && read.inFlight == 0) {
                read.lostAt(server, failure);
            }
        }
    }

    /** Where there is another copy, that one counts. */
    private void lifetimeUnknownAt(ServerConnection server) {
        if (otherThan(server).serves()) {
            server.state().replica().missed(key());
        } else {
            server.state().replica().doubted();
        }
    }

    private void foundAt(ServerConnection server) {
        ServerConnection other = otherThan(server);
        if (touches() && other != lacking) {
            touch(other);
        } else {
            end(this::answerHit);
        }
        // behind the answer: what becomes of a refill is no concern of the client's
        if (lacking != null) {
            reads.lookedUp(true, key(), lacking, server);
        } else if (ReplicatedReadContext.isRefilling(other)) {
            reads.mayLack(key(), server, other);
        }
    }

    private void missedAt(ServerConnection server, boolean leased, boolean mayLack) {
        ServerConnection other = otherThan(server);
        if (mayLack && lacking == null && mayAsk(other)) {
            lacking = server;
            ask(other);
        } else if (leased && inFlight > 0) {
            lacking = server;
        } else {
            answering = server;
            end(this::answerMiss);
            if (lacking != null) {
                reads.lookedUp(false, key(), lacking, server);
            }
        }
    }

    /** Reading again is harmless. A miss before was an answer, too. */
    private void lostAt(ServerConnection server, ServerFailure failure) {
        if (lacking == null && mayAsk(otherThan(server))) {
            ask(otherThan(server));
            return;
        }
        answering = server;
        end(lacking == null ? () -> answerFailure(failure) : this::answerMiss);
    }

    /** The other copy is to live as long. That it is not there is no harm; that nobody knows is, and is journaled. */
    private void touch(ServerConnection other) {
        if (!other.serves()) {
            endWithout(other);
            return;
        }
        other.send(
                new SideRequest(TimedCommand.TOUCH, touchShape(), () -> end(this::answerHit), () -> endWithout(other)),
                this::appendTouch);
    }

    /** The answer relies on that server not being asked: peers are to know first. */
    private void endWithout(ServerConnection server) {
        ReplicaState replica = server.state().replica();
        replica.missed(key());
        PeerAckBarrier.of(
                replica,
                reads.loop().eventLoop(),
                () -> end(this::answerHit),
                () -> end(() -> answerFailure(ServerFailure.TIMED_OUT)));
    }

    /** Only the first call counts: a fault may end what was about to end. */
    private void end(Runnable answer) {
        if (answered) {
            return;
        }
        try {
            answer.run();
            answered = true;
        } finally {
            int stripe = ownStripe;
            ownStripe = -1;
            if (stripe >= 0) {
                reads.order().ended(stripe);
            }
        }
    }
}
