package io.mempair.proxy.loop;

import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.function.IntConsumer;
import java.util.function.LongSupplier;

/**
 * The memory that all clients together may make the proxy hold, shared by the event loops. Each loop counts for itself and
 * publishes what it holds in steps, so a request touches nothing here. Any thread.
 *
 * <p>Three marks. Above {@link #isShort} clients that hold more than their share are not read. Above {@link #isOver} the
 * greediest client of the loop that holds most is closed. Above {@link #isExhausted} every loop that takes more closes its own.
 */
public final class MemoryBudget {

    /** Bytes a loop may hold more, or less, than it has published. */
    static final long STEP_BYTES = 256 * 1_024;

    /** A client that holds less is never stopped or closed for the good of the others. */
    static final long SMALL_BYTES = 256 * 1_024;

    private final long limitBytes;
    private final LongSupplier allocatedBytes;
    private final long maxAllocatedBytes;
    private final long heapBytesOfLoop;
    private final IntConsumer reliever;
    private final AtomicLong total = new AtomicLong();
    private final AtomicLongArray ofLoops;
    private final AtomicIntegerArray asked;

    /**
     * @param limitBytes         what all clients together may hold
     * @param loops              event loops that share it
     * @param allocatedBytes     what the allocator really has from the system
     * @param maxAllocatedBytes  how much that may be
     * @param heapBytesOfLoop    what the requests of the clients of one loop may take of the heap
     * @param reliever           has the loop of this number call {@link LoopMemory#relieve}, soon and on its own thread
     */
    public MemoryBudget(
            long limitBytes,
            int loops,
            LongSupplier allocatedBytes,
            long maxAllocatedBytes,
            long heapBytesOfLoop,
            IntConsumer reliever) {
        this.limitBytes = limitBytes;
        this.allocatedBytes = allocatedBytes;
        this.maxAllocatedBytes = maxAllocatedBytes;
        this.heapBytesOfLoop = heapBytesOfLoop;
        this.reliever = reliever;
        this.ofLoops = new AtomicLongArray(loops);
        this.asked = new AtomicIntegerArray(loops);
    }

    /** One without a bound, for one loop. */
    public static MemoryBudget unlimited() {
        return new MemoryBudget(Long.MAX_VALUE / 2, 1, () -> 0, Long.MAX_VALUE, Long.MAX_VALUE / 2, loop -> {});
    }

    /** What all clients together may hold. */
    public long limitBytes() {
        return limitBytes;
    }

    /** What all clients together hold, as far as it was published. */
    public long totalBytes() {
        return total.get();
    }

    /** What the allocator has from the system. */
    public long allocatedBytes() {
        return allocatedBytes.getAsLong();
    }

    /** What the allocator may have before clients are closed for that alone. */
    public long maxAllocatedBytes() {
        return maxAllocatedBytes;
    }

    /** What the requests of the clients of one loop may take of the heap. */
    public long heapBytesOfLoop() {
        return heapBytesOfLoop;
    }

    int loops() {
        return ofLoops.length();
    }

    void publish(int loop, long delta) {
        ofLoops.addAndGet(loop, delta);
        total.addAndGet(delta);
    }

    /** Whether memory is scarce: nobody should take more who has much. */
    public boolean isShort() {
        return total.get() > limitBytes / 2;
    }

    /** Whether somebody has to go. */
    public boolean isOver() {
        return isChargedTooMuch() || isAllocatedTooMuch();
    }

    private boolean isChargedTooMuch() {
        return excessBytes() > 0;
    }

    /** Bytes that are held beyond the mark from which somebody has to go; negative below it. */
    long excessBytes() {
        return total.get() - (limitBytes - limitBytes / 16);
    }

    /** Whether there is no time to ask another loop. */
    boolean isExhausted() {
        return total.get() > limitBytes || isAllocatedTooMuch();
    }

    boolean isAllocatedTooMuch() {
        return allocatedBytes.getAsLong() > maxAllocatedBytes;
    }

    /** What a client of a loop with so many may hold while memory is short, and go on being read. */
    long shareBytes(int clients) {
        return Math.max(SMALL_BYTES, limitBytes / 2 / loops() / Math.max(1, clients));
    }

    /** Whether no loop holds more. */
    boolean holdsMost(int loop) {
        long own = ofLoops.get(loop);
        for (int i = 0; i < ofLoops.length(); i++) {
            if (ofLoops.get(i) > own) {
                return false;
            }
        }
        return true;
    }

    /** Has the loop that holds most give up its greediest client, if it was not asked already. */
    void askLargest() {
        int largest = 0;
        for (int i = 1; i < ofLoops.length(); i++) {
            largest = ofLoops.get(i) > ofLoops.get(largest) ? i : largest;
        }
        if (asked.compareAndSet(largest, 0, 1)) {
            reliever.accept(largest);
        }
    }

    /** A loop that was asked looks now. */
    void answers(int loop) {
        asked.set(loop, 0);
    }
}
