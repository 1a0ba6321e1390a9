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

/**
 * A retrieval of many keys. It is cut into parts of a bounded number of keys, each with its place in the client's
 * answers, so that what must be kept to restore the order is bounded too; all parts are asked for at once.
 *
 * <p>A key whose server fails is a miss, as with any cache; only if every key failed is the answer an error.
 */
final class MultiGet {

    /** Keys whose answers are put in order together. */
    private static final int KEYS_PER_PART = 512;

    /** Bytes of the keys of one part: below what servers take in one line of any command. */
    private static final int KEY_BYTES_PER_PART = 1_800;

    private final LoopContext loop;
    private final ReplySlot lastSlot;
    private int partsLeft;
    private int keysAnswered;
    private ServerFailure failure = ServerFailure.UNAVAILABLE;

    private MultiGet(LoopContext loop, ReplySlot lastSlot) {
        this.loop = loop;
        this.lastSlot = lastSlot;
    }

    /** Asks for all keys of {@code request}, whose values go to new places at the end of {@code replies}. */
    static void send(TextRequest request, byte[] head, LoopContext loop, Pool pool, ReplyQueue replies) {
        int maxBytes = request.command().touches() ? KEY_BYTES_PER_PART : Integer.MAX_VALUE;
        MultiGetPart[] parts = new MultiGetPart[4];
        int count = 0;
        int from = request.keyOffset();
        while (from >= 0) {
            KeyList keys = nextKeys(request, from, maxBytes);
            from = request.nextKey(from + keys.bytes().length);
            if (count == parts.length) {
                parts = Arrays.copyOf(parts, 2 * count);
            }
            parts[count++] = new MultiGetPart(head, keys, loop, pool, replies.open(false));
        }
        MultiGet whole = new MultiGet(loop, replies.open(false));
        whole.partsLeft = count;
        for (int i = 0; i < count; i++) {
            parts[i].send(whole);
        }
    }

    /** The keys from offset {@code from} on, as many as one part takes. */
    private static KeyList nextKeys(TextRequest request, int from, int maxBytes) {
        int count = 0;
        int to = from;
        for (int start = from; start >= 0 && count < KEYS_PER_PART; start = request.nextKey(to)) {
            int end = request.tokenEnd(start);
            if (count > 0 && end - from > maxBytes) {
                break;
            }
            to = end;
            count++;
        }
        KeyList keys = new KeyList(request.bytes(), from, to, count);
        for (int start = from; start >= 0 && start < to; start = request.nextKey(request.tokenEnd(start))) {
            keys.add(start - from, request.tokenEnd(start) - start);
        }
        return keys;
    }

    /** A part has all it will get. */
    void partDone(int hits, int misses, int failures, ServerFailure lastFailure) {
        loop.counters().count(ProxyMeter.KEYS_HIT, hits);
        loop.counters().count(ProxyMeter.KEYS_MISSED, misses);
        loop.counters().count(ProxyMeter.KEYS_FAILED, failures);
        keysAnswered += hits + misses;
        failure = lastFailure;
        if (--partsLeft == 0) {
            end();
        }
    }

    private void end() {
        if (keysAnswered > 0) {
            lastSlot.completeWith(TextReplies.END);
        } else {
            loop.counters().count(ProxyMeter.SERVER_ERRORS);
            lastSlot.completeWith(failure.reply());
        }
    }
}
