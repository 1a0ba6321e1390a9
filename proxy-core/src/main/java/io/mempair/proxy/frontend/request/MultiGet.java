package io.mempair.proxy.frontend.request;

import io.mempair.proxy.backend.ServerFailure;
import io.mempair.proxy.frontend.reply.ReplyQueue;
import io.mempair.proxy.frontend.reply.ReplySlot;
import io.mempair.proxy.loop.LoopContext;
import io.mempair.proxy.metrics.ProxyMeter;
import io.mempair.proxy.pool.Pool;
import io.mempair.proxy.protocol.text.TextReplies;
import io.mempair.proxy.protocol.text.TextRequest;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * A retrieval of many keys. It is cut into parts of a bounded number of keys, each with its place in the client's
 * answers, so that what must be kept to restore the order is bounded too; all parts are asked for at once.
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
    private final Pool pool;
    private final CopyReads reads;
    private final boolean missesFailure;
    private @Nullable ReplySlot lastSlot;
    private int partsLeft;
    private int keysAnswered;
    private int keysFailed;
    private ServerFailure failure = ServerFailure.UNAVAILABLE;

    /**
     * @param loop   the loop
     * @param pool   the servers it is to be asked of
     * @param reads  what reads of two copies share
     * @param missesFailure  whether the answer is never an error
     */
    MultiGet(LoopContext loop, Pool pool, CopyReads reads, boolean missesFailure) {
        this.loop = loop;
        this.pool = pool;
        this.reads = reads;
        this.missesFailure = missesFailure;
    }

    /** Asks for all keys of {@code request}, whose values go to new places at the end of {@code replies}. */
    void send(TextRequest request, byte[] head, ReplyQueue replies) {
        boolean touches = request.command().touches();
        Part[] parts = new Part[4];
        int count = 0;
        int from = request.keyOffset();
        int left = request.keyCount();
        while (from >= 0) {
            int maxBytes = touches ? KEY_BYTES_PER_PART : Integer.MAX_VALUE;
            KeyList keys = KeyList.of(request, from, Math.min(left, KEYS_PER_PART), maxBytes);
            left -= keys.size();
            from = request.nextKey(from + keys.bytes().length);
            if (count == parts.length) {
                parts = Arrays.copyOf(parts, 2 * count);
            }
            ReplySlot slot = replies.open(false);
            parts[count++] = touches && pool.backups() != null
                    ? new MultiTouchPart(head, keys, reads, pool.primaries(), pool.backups(), slot)
                    : new MultiGetPart(head, keys, reads, pool, slot);
        }
        lastSlot = replies.open(false);
        partsLeft = count;
        for (int i = 0; i < count; i++) {
            parts[i].send(this);
        }
    }

    /** A part has all it will get. */
    void partDone(int hits, int misses, int failures, ServerFailure lastFailure) {
        loop.counters().count(ProxyMeter.KEYS_HIT, hits);
        loop.counters().count(ProxyMeter.KEYS_MISSED, misses);
        loop.counters().count(ProxyMeter.KEYS_FAILED, failures);
        keysAnswered += hits + misses;
        keysFailed += failures;
        failure = lastFailure;
        if (--partsLeft == 0) {
            end();
        }
    }

    private void end() {
        if (lastSlot == null) {
            throw new AssertionError("ended before it was sent");
        }
        if (keysAnswered > 0 || missesFailure) {
            loop.counters().count(ProxyMeter.KEYS_MISSED_BY_FAILURE, keysFailed);
            lastSlot.completeWith(TextReplies.END);
        } else {
            loop.counters().count(ProxyMeter.SERVER_ERRORS);
            lastSlot.completeWith(failure.reply());
        }
    }
}
