package io.mempair.proxy.frontend;

import io.mempair.proxy.loop.ByteRanges;
import io.mempair.proxy.loop.LoopContext;
import io.mempair.proxy.loop.MemoryAccount;
import io.mempair.proxy.pool.ServingPlan;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import org.jspecify.annotations.Nullable;

/**
 * Reads the data blocks of one client, within the loop's memory for incoming values; discards a refused block. Confined
 * to the client's loop.
 */
final class ValueAdmission {

    private final LoopContext loop;
    private final ServingPlan plan;
    private final ByteBufAllocator allocator;
    private final MemoryAccount account;

    private @Nullable DataBlock block;
    private long reservedBytes;
    private long swallowBytes;

    ValueAdmission(LoopContext loop, ServingPlan plan, ByteBufAllocator allocator, MemoryAccount account) {
        this.loop = loop;
        this.plan = plan;
        this.allocator = allocator;
        this.account = account;
    }

    /**
     * Begins a block.
     *
     * @param blockBytes     its length
     * @param readableBytes  how much of it may be there already
     * @return false if it would not fit into the memory for arriving values; then nothing has begun
     */
    boolean begin(int blockBytes, int readableBytes) {
        if (readableBytes < blockBytes) {
            while (!loop.reserve(blockBytes, plan.limits().maxBufferedBytes())) {
                if (!loop.memory().closeStalled()) {
                    return false;
                }
            }
            reservedBytes = blockBytes;
        }
        block = new DataBlock(blockBytes, account);
        return true;
    }

    /** Whether a block has begun that is not whole. */
    boolean arriving() {
        return block != null;
    }

    /** Reads the block from {@code in}; returns the whole block, owned by the caller, or null if more must arrive. */
    @Nullable
    ByteRanges takeFrom(ByteBuf in) {
        DataBlock current = block;
        if (current == null) {
            throw new AssertionError("no data block has begun");
        }
        if (!current.takeFrom(in, allocator)) {
            account.arrives();
            return null;
        }
        block = null;
        giveBack();
        return current.whole();
    }

    /** Makes {@link #swallowFrom} discard the next bytes. */
    void swallow(long bytes) {
        swallowBytes = bytes;
    }

    /** Bytes that are still to be thrown away. */
    long swallowBytes() {
        return swallowBytes;
    }

    /** Appends what has come of a block that is not whole, if there is one. */
    void copyTo(ByteBuf out) {
        if (block != null) {
            block.copyTo(out);
        }
    }

    /** Bytes that have come of a block that is not whole. */
    long arrivedBytes() {
        return block == null ? 0 : block.arrivedBytes();
    }

    /** Whether bytes are still to be thrown away. */
    boolean swallowing() {
        return swallowBytes > 0;
    }

    void swallowFrom(ByteBuf in) {
        int length = (int) Math.min(swallowBytes, in.readableBytes());
        in.skipBytes(length);
        swallowBytes -= length;
    }

    /** Gives up a block that will not be whole. */
    void close() {
        if (block != null) {
            block.release();
            block = null;
        }
        giveBack();
    }

    private void giveBack() {
        if (reservedBytes > 0) {
            loop.unreserve(reservedBytes);
            reservedBytes = 0;
            account.arrived();
        }
    }
}
