package io.mempair.proxy.command;

import io.mempair.proxy.backend.ServerConnection;
import io.mempair.proxy.backend.ServerFailure;
import io.mempair.proxy.copies.ReplicatedGet;
import io.mempair.proxy.copies.ReplicatedReadContext;
import io.mempair.proxy.loop.ByteRanges;
import io.mempair.proxy.loop.MemoryUse;
import io.mempair.proxy.pool.Tier;
import io.mempair.proxy.reply.KeyTarget;
import io.mempair.proxy.reply.ReplyReorderBuffer;
import io.mempair.proxy.reply.ReplySlot;
import io.netty.buffer.ByteBuf;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Some keys of a {@code gat} or {@code gats} in a pool with two copies. Each key is also a write, so it is sent
 * separately. All keys enter the write order at once, before later requests of the client. The values go out in request
 * order.
 */
final class MultiTouchPart implements MultiGet.Part {

    /** Estimated heap of one key, in bytes. */
    private static final int KEY_HEAP_BYTES = 600;

    private final byte[] head;
    private final KeyList keys;
    private final ReplicatedReadContext reads;
    private final Tier primaries;
    private final Tier backups;
    private final ReplySlot slot;
    private final ReplyReorderBuffer order;
    private final int heapBytes;
    private final List<ByteRanges> kept = new ArrayList<>();

    /** Unanswered keys, plus one while {@link #send} runs. */
    private int inFlight;

    private ServerFailure failure = ServerFailure.UNAVAILABLE;
    private @Nullable MultiGet whole;

    MultiTouchPart(
            byte[] head, KeyList keys, ReplicatedReadContext reads, Tier primaries, Tier backups, ReplySlot slot) {
        this.head = head;
        this.keys = keys;
        this.reads = reads;
        this.primaries = primaries;
        this.backups = backups;
        this.slot = slot;
        this.order = new ReplyReorderBuffer(keys.size(), slot);
        this.heapBytes = keys.heapBytes(KEY_HEAP_BYTES);
    }

    @Override
    public void send(MultiGet parent) {
        whole = parent;
        slot.whenDiscarded(this::forget);
        slot.account().addHeap(heapBytes);
        inFlight = 1 + keys.size();
        for (int key = 0; key < keys.size(); key++) {
            ask(key);
        }
        ended();
    }

    private void ask(int key) {
        int offset = head.length + 1;
        int length = keys.length(key);
        byte[] line = Arrays.copyOf(head, offset + length);
        line[head.length] = ' ';
        System.arraycopy(keys.bytes(), keys.start(key), line, offset, length);
        ServerConnection primary = primaries.ownerOf(line, offset, length);
        ServerConnection backup = backups.ownerOf(line, offset, length);
        new ReplicatedGet(reads, primary, backup, line, offset, new TouchedKey(key)).start();
    }

    private void ended() {
        order.passOn();
        if (--inFlight == 0 && whole != null) {
            slot.account().addHeap(-heapBytes);
            kept.forEach(ByteRanges::release);
            slot.complete();
            whole.partDone(order.hits(), order.misses(), order.failures(), failure);
        }
    }

    /** The client has disconnected. */
    private void forget() {
        order.forget();
        kept.forEach(ByteRanges::release);
    }

    /** The reply of one key. Its value is held until it is complete, because others may arrive in between. */
    private final class TouchedKey implements KeyTarget {

        private final int key;
        private @Nullable ByteRanges value;

        TouchedKey(int key) {
            this.key = key;
        }

        @Override
        public void bytes(ByteBuf in, int index, int length) {
            if (!slot.isWanted()) {
                return;
            }
            ByteRanges ranges = value;
            if (ranges == null) {
                ranges = new ByteRanges(slot.account(), MemoryUse.KEPT_ANSWERS);
                value = ranges;
                kept.add(ranges);
            }
            ranges.add(in, index, length);
        }

        @Override
        public void hit() {
            ByteRanges ranges = value;
            if (ranges == null || !slot.isWanted()) {
                order.passedOn(key);
            } else {
                // before anything is counted: it may throw, and the key is told as failed then
                ranges.compact();
                order.keptFor(key, ranges, 0, ranges.count());
            }
            ended();
        }

        @Override
        public void miss() {
            order.miss(key);
            ended();
        }

        @Override
        public void refused(ByteBuf in, int index, int length) {
            failed(ServerFailure.REFUSED);
        }

        /** A value that broke off is omitted: the client has received none of it. */
        @Override
        public void failed(ServerFailure reason) {
            if (value != null) {
                value.release();
            }
            failure = reason;
            order.failed(key);
            ended();
        }
    }
}
