package io.mempair.proxy.command;

import io.mempair.proxy.backend.ServerFailure;
import io.mempair.proxy.copies.ReplicatedReadContext;
import io.mempair.proxy.loop.LoopContext;
import io.mempair.proxy.metrics.ProxyMeter;
import io.mempair.proxy.pool.Pool;
import io.mempair.proxy.pool.ServingPlan;
import io.mempair.proxy.protocol.text.TextReplies;
import io.mempair.proxy.protocol.text.TextRequest;
import io.mempair.proxy.reply.ReplyQueue;
import io.mempair.proxy.reply.ReplySlot;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * A retrieval of many keys. It is cut into parts of a bounded number of keys, each with its place in the client's
 * answers, so that what must be kept to restore the order is bounded too; parts are asked for at once as far as there is
 * {@linkplain ReplyQueue#room room}.
 *
 * <p>A key whose server fails is a miss, as with any cache; only if every key failed is the answer an error, unless the
 * operator wants even that to be misses.
 */
final class MultiGet {

    /** Keys whose answers are put in order together. */
    private static final int KEYS_PER_PART = 512;

    /** Bytes of the keys of one part: below what servers take in one line of any command. */
    private static final int KEY_BYTES_PER_PART = 1_800;

    /** Some of the keys, with a place of their own in the client's answers. */
    interface Part {
        /** Asks for them; {@code whole} hears by {@link #partDone} when all have been answered. */
        void send(MultiGet whole);
    }

    private final LoopContext loop;
    private final ServingPlan plan;
    private final ReplicatedReadContext reads;
    private final boolean missesFailure;
    private final byte[] head;
    private final ReplyQueue replies;

    /** With the keys that were not asked for yet. */
    private TextRequest request;

    /** Where the next of them begins, or -1 if there are none. */
    private int from;

    private int keysLeft;
    private @Nullable ReplySlot lastSlot;
    private int partsLeft;
    private int keysAnswered;
    private int keysFailed;
    private ServerFailure failure = ServerFailure.UNAVAILABLE;

    /**
     * @param plan           the servers it is to be asked of
     * @param reads          what reads of two copies share
     * @param missesFailure  whether the answer is never an error
     * @param request        the parser's; a copy is made if it is needed later
     * @param head           how the request line begins
     * @param replies        whose end the values go to
     */
    MultiGet(
            LoopContext loop,
            ServingPlan plan,
            ReplicatedReadContext reads,
            boolean missesFailure,
            TextRequest request,
            byte[] head,
            ReplyQueue replies) {
        this.loop = loop;
        this.plan = plan;
        this.reads = reads;
        this.missesFailure = missesFailure;
        this.request = request;
        this.head = head;
        this.replies = replies;
        this.from = request.keyOffset();
        this.keysLeft = request.keyCount();
    }

    /** Asks for all keys, or for as many as there is room for, and for the others when there is. */
    void send() {
        askForMore();
        if (from >= 0) {
            request = request.copy();
            replies.unfinished(this::goOn, request.lineBytes());
        }
    }

    private void goOn() {
        askForMore();
        if (from < 0) {
            replies.finished();
        }
    }

    private void askForMore() {
        Pool pool = plan.pool();
        Part[] parts = new Part[4];
        int count = 0;
        for (int room = replies.room(); from >= 0 && room > 0; room = replies.room()) {
            if (count == parts.length) {
                parts = Arrays.copyOf(parts, 2 * count);
            }
            parts[count++] = nextPart(pool, Math.min(room, KEYS_PER_PART));
        }
        partsLeft += count;
        if (from < 0) {
            lastSlot = replies.open(false);
        }
        for (int i = 0; i < count; i++) {
            parts[i].send(this);
        }
    }

    private Part nextPart(Pool pool, int maxKeys) {
        boolean touches = request.command().touches();
        int maxBytes = touches ? KEY_BYTES_PER_PART : Integer.MAX_VALUE;
        KeyList keys = KeyList.of(request, from, Math.min(keysLeft, maxKeys), maxBytes);
        keysLeft -= keys.size();
        from = request.nextKey(from + keys.bytes().length);
        ReplySlot slot = replies.open(false, keys.size());
        return touches && pool.backups() != null
                ? new MultiTouchPart(head, keys, reads, pool.primaries(), pool.backups(), slot)
                : new MultiGetPart(head, keys, reads, pool, slot);
    }

    /** A part has all it will get. */
    void partDone(int hits, int misses, int failures, ServerFailure lastFailure) {
        loop.counters().count(ProxyMeter.KEYS_HIT, hits);
        loop.counters().count(ProxyMeter.KEYS_MISSED, misses);
        loop.counters().count(ProxyMeter.KEYS_FAILED, failures);
        keysAnswered += hits + misses;
        keysFailed += failures;
        failure = lastFailure;
        partsLeft--;
        if (partsLeft == 0 && lastSlot != null) {
            end(lastSlot);
        }
    }

    private void end(ReplySlot last) {
        if (keysAnswered > 0 || missesFailure) {
            loop.counters().count(ProxyMeter.KEYS_MISSED_BY_FAILURE, keysFailed);
            last.completeWith(TextReplies.END);
        } else {
            loop.counters().count(ProxyMeter.SERVER_ERRORS);
            last.completeWith(failure.reply());
        }
    }
}
