package io.mempair.proxy.command;

import io.mempair.proxy.backend.ServerFailure;
import io.mempair.proxy.copies.ReplicatedReadContext;
import io.mempair.proxy.inspect.LoopInspector;
import io.mempair.proxy.inspect.RequestTrace;
import io.mempair.proxy.loop.LoopContext;
import io.mempair.proxy.metrics.ProxyMeter;
import io.mempair.proxy.metrics.TimedCommand;
import io.mempair.proxy.pool.Pool;
import io.mempair.proxy.pool.ServingPlan;
import io.mempair.proxy.protocol.text.TextReplies;
import io.mempair.proxy.protocol.text.TextRequest;
import io.mempair.proxy.reply.ReplyQueue;
import io.mempair.proxy.reply.ReplySlot;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * A retrieval of many keys. It is split into parts of a bounded number of keys, each with its own reply slot, so that
 * the memory for reordering is bounded. As many parts are sent at once as there is {@linkplain ReplyQueue#room room}.
 *
 * <p>With one copy a key whose server fails is a miss, and the reply is an error only if every key fails. With two copies
 * a key fails only when neither server can be asked, and one of them may have it: the reply ends with an error behind the
 * values found. Neither is an error if the operator has configured misses.
 */
final class MultiGet {

    /** Keys that are reordered together. */
    private static final int KEYS_PER_PART = 512;

    /** Bytes of the keys of one part: below the line limit of every server version. */
    private static final int KEY_BYTES_PER_PART = 1_800;

    /** Some of the keys, with their own reply slot. */
    interface Part {
        /** Sends the requests; calls {@link #partDone} of {@code whole} when every key is answered. */
        void send(MultiGet whole);
    }

    private final LoopContext loop;
    private final ServingPlan plan;
    private final ReplicatedReadContext reads;
    private final boolean missesFailure;
    private final byte[] head;
    private final ReplyQueue replies;
    private final long askedNanos;
    private final @Nullable RequestTrace trace;

    /** Contains the keys not yet sent. */
    private TextRequest request;

    /** Offset of the next key to send, or -1 if there is none. */
    private int from;

    private int keysLeft;
    private @Nullable ReplySlot lastSlot;
    private int partsLeft;
    private int keysAnswered;
    private int keysFailed;
    private ServerFailure failure = ServerFailure.UNAVAILABLE;

    /**
     * @param plan           the current servers
     * @param reads  state shared by reads of two copies
     * @param missesFailure  whether the reply is never an error
     * @param request        the parser's instance; copied if it is needed later
     * @param head           the command word of the request line
     * @param replies        receives the values at its end
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
        this.askedNanos = loop.nowNanos();
        this.from = request.keyOffset();
        this.keysLeft = request.keyCount();
        this.trace = inspected();
    }

    /** Shows every key to operators who look; the first stands for the request. */
    private @Nullable RequestTrace inspected() {
        LoopInspector inspector = loop.inspector();
        if (inspector == null) {
            return null;
        }
        TimedCommand command = TimedCommand.of(request.command());
        byte[] bytes = request.bytes();
        int key = request.keyOffset();
        int end = request.tokenEnd(key);
        RequestTrace taken = inspector.taken(command, bytes, key, end - key, askedNanos);
        for (key = request.nextKey(end); key >= 0; key = request.nextKey(end)) {
            end = request.tokenEnd(key);
            inspector.seen(command, bytes, key, end - key, askedNanos);
        }
        return taken;
    }

    /** Sends requests for as many keys as there is room for, and for the others later. */
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
            lastSlot = replies.open(false)
                    .timedAs(TimedCommand.of(request.command()), askedNanos)
                    .traced(trace);
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

    /** A part is complete. */
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
        boolean oneCopy = plan.pool().backups() == null;
        if (keysFailed == 0 || missesFailure || (oneCopy && keysAnswered > 0)) {
            loop.counters().count(ProxyMeter.KEYS_MISSED_BY_FAILURE, keysFailed);
            last.completeWith(TextReplies.END);
        } else {
            loop.counters().count(ProxyMeter.SERVER_ERRORS);
            last.completeWith(failure.reply());
        }
    }
}
