package io.mempair.proxy.server;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.PoolArenaMetric;
import io.netty.buffer.PooledByteBufAllocator;
import java.util.stream.Stream;

/**
 * Gives out buffers, and throws at one call that is said beforehand. Knows how many buffers are in use. Any thread.
 *
 * <p>What it throws is no lack of memory, which would rightly end the process, but a fault as any: it stands for whatever may
 * throw where a buffer is wanted, that is wherever bytes are read, kept, or sent.
 */
final class FaultyAllocator extends PooledByteBufAllocator {

    private static final int PAGE_BYTES = 8_192;
    private static final int MAX_ORDER = 9;

    private int calls;
    private int failing;
    private boolean thrown;

    /** Without caches of threads: a buffer that is released counts as such at once. */
    FaultyAllocator() {
        super(true, 1, 1, PAGE_BYTES, MAX_ORDER, 0, 0, false);
    }

    /** The {@code n}-th call from now on throws; none if it is 0. */
    synchronized void failAt(int n) {
        calls = 0;
        failing = n;
        thrown = false;
    }

    /** Calls since {@link #failAt}. */
    synchronized int calls() {
        return calls;
    }

    /** Whether the call came that throws. */
    synchronized boolean hasThrown() {
        return thrown;
    }

    /** Buffers that were given out and not released. */
    long inUse() {
        return Stream.concat(metric().directArenas().stream(), metric().heapArenas().stream())
                .mapToLong(PoolArenaMetric::numActiveAllocations)
                .sum();
    }

    private synchronized void count() {
        if (++calls == failing) {
            thrown = true;
            throw new IllegalStateException("call " + calls + " for a buffer fails, as the test wants it");
        }
    }

    @Override
    protected ByteBuf newHeapBuffer(int initialCapacity, int maxCapacity) {
        count();
        return super.newHeapBuffer(initialCapacity, maxCapacity);
    }

    @Override
    protected ByteBuf newDirectBuffer(int initialCapacity, int maxCapacity) {
        count();
        return super.newDirectBuffer(initialCapacity, maxCapacity);
    }
}
