package io.mempair.proxy.copies;

import io.mempair.proxy.backend.ServerFailure;
import io.mempair.proxy.metrics.TimedCommand;
import io.mempair.proxy.replication.Key;
import io.mempair.proxy.replication.Stripes;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A read of one key in its place among the writes of that key: behind those ahead of it, and like a write itself if it
 * changes what the servers hold. It is answered once, whatever happens. Confined to its loop.
 */
abstract class OrderedRead implements Runnable {

    private static final Logger LOG = LoggerFactory.getLogger(OrderedRead.class);

    final ReplicatedReadContext reads;

    private boolean answered;

    /** The stripe this read holds exclusively, or -1. */
    private int ownStripe = -1;

    /** Until when it waits for the last copy; set when it begins to, or when it takes its turn among the writes. */
    private long waitsUntilNanos;

    private boolean waits;

    OrderedRead(ReplicatedReadContext reads) {
        this.reads = reads;
    }

    /** The key; created on demand. */
    abstract Key key();

    /** Command under which the latency is recorded. */
    abstract TimedCommand command();

    /** Whether it changes what the servers hold, so that it is ordered like a write. */
    abstract boolean isOrderedLikeWrite();

    /** Sends it to a server. It is its turn, now or again. */
    abstract void begin();

    /** Completes the reply with the item. */
    abstract void answerHit();

    /** Answers with a miss. */
    abstract void answerMiss();

    /** Answers with an error: no server replied, or a reply broke off. */
    abstract void answerFailure(ServerFailure failure);

    /**
     * Sends the read behind the writes ahead of it in the stripe of the key {@code bytes[offset, offset + length)}; at
     * once if there are none.
     */
    final void start(byte[] bytes, int offset, int length) {
        int stripe = Stripes.of(bytes, offset, length);
        if (isOrderedLikeWrite()) {
            limitWait();
            long reign = reads.loop().reign();
            reads.order().exclusive(stripe, () -> {
                ownStripe = stripe;
                runInReign(reign);
            });
        } else if (reads.order().mustWait(stripe)) {
            reads.order().read(stripe, this);
        } else {
            run();
        }
    }

    /** It changes what the servers hold, so it is not sent in a later reign than it arrived in. */
    private void runInReign(long reign) {
        if (reads.loop().reign() == reign) {
            run();
        } else {
            endWithFailure(ServerFailure.UNAVAILABLE);
        }
    }

    /** An exception fails this read alone; its stripe is released. */
    @Override
    public final void run() {
        try {
            begin();
        } catch (RuntimeException | Error defect) {
            broken(defect);
        }
    }

    /** It cannot go on. */
    final void broken(Throwable defect) {
        reads.loop().threw(defect);
        LOG.error("internal error: a read failed", defect);
        endWithFailure(ServerFailure.CONNECTION_LOST);
    }

    /** Whether it holds its stripe, so that no other command on the key is under way. */
    final boolean isAlone() {
        return ownStripe >= 0;
    }

    /** The time from which it waits for the last copy is now, unless it waits already. */
    final void limitWait() {
        if (!waits) {
            waits = true;
            waitsUntilNanos = reads.loop().nowNanos() + reads.lastCopyWaitNanos();
        }
    }

    /** Until when it waits for the last copy, on the loop's clock; after {@link #limitWait}. */
    final long waitsUntilNanos() {
        return waitsUntilNanos;
    }

    /** Answers with the item. */
    final void endWithHit() {
        end(this::answerHit);
    }

    /** Answers with an error. */
    final void endWithFailure(ServerFailure failure) {
        end(() -> answerFailure(failure));
    }

    /** Only the first call has an effect: an exception may end what is already ending. */
    final void end(Runnable answer) {
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
                reads.changed(this);
                reads.order().ended(stripe);
            }
        }
    }
}
