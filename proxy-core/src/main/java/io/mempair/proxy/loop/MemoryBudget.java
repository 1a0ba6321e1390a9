package io.mempair.proxy.loop;

import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.function.IntConsumer;
import java.util.function.LongSupplier;

/**
 * The memory limit for all clients together, shared by the event loops. Each loop counts for itself and publishes its
 * total in steps, so requests do not touch this object. Any thread.
 *
 * <p>Three marks. Above {@link #isShort} clients that hold more than their share are paused. Above {@link #isOver} the
 * largest client of the loop that holds most is closed. Above {@link #isExhausted} every loop that takes more closes
 * its own largest client.
 */
public final class MemoryBudget {

    /** Largest difference between a loop's bytes and its published value. */
    static final long STEP_BYTES = 256 * 1_024;

    /** A client that holds less is never paused for the benefit of others, and closed only if nobody holds more. */
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
     * @param limitBytes         limit for all clients together
     * @param loops              event loops that share it
     * @param allocatedBytes     memory the allocator holds from the system
     * @param maxAllocatedBytes  limit of that
     * @param heapBytesOfLoop    heap that client requests of one loop may occupy
     * @param reliever           makes the loop with this number call {@link LoopMemory#relieve} soon, on its own thread
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

    /** A budget without a limit, for one loop. */
    public static MemoryBudget unlimited() {
        return new MemoryBudget(Long.MAX_VALUE / 2, 1, () -> 0, Long.MAX_VALUE, Long.MAX_VALUE / 2, loop -> {});
    }

    /** Limit for all clients together, in bytes. */
    public long limitBytes() {
        return limitBytes;
    }

    /** Published bytes of all clients together. */
    public long totalBytes() {
        return total.get();
    }

    /** Bytes the allocator holds from the system. */
    public long allocatedBytes() {
        return allocatedBytes.getAsLong();
    }

    /** Bytes the allocator may hold before clients are closed for that alone. */
    public long maxAllocatedBytes() {
        return maxAllocatedBytes;
    }

    /** Heap that client requests of one loop may occupy, in bytes. */
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

    /**
     * Whether memory is short: large clients must not take more. The allocator may hold far more than what is charged,
     * because its chunks have gaps; then memory is short before half of the limit is charged.
     */
    public boolean isShort() {
        long charged = total.get();
        return charged > limitBytes / 2
                || (charged > limitBytes / 4 && allocatedBytes.getAsLong() > maxAllocatedBytes / 4 * 3);
    }

    /** Whether a client must be closed. */
    public boolean isOver() {
        return isChargedTooMuch() || isAllocatedTooMuch();
    }

    private boolean isChargedTooMuch() {
        return excessBytes() > 0;
    }

    /** Bytes above the mark of {@link #isOver}; negative below it. */
    long excessBytes() {
        return total.get() - (limitBytes - limitBytes / 16);
    }

    /** Whether there is no time to involve another loop. */
    boolean isExhausted() {
        return total.get() > limitBytes || isAllocatedTooMuch();
    }

    private boolean isAllocatedTooMuch() {
        return allocatedExcessBytes() > 0;
    }

    /** Bytes the allocator holds above its limit; negative below it. */
    long allocatedExcessBytes() {
        return allocatedBytes.getAsLong() - maxAllocatedBytes;
    }

    /** Bytes that each of this many clients of a loop may hold without being paused while memory is short. */
    long shareBytes(int clients) {
        return Math.max(SMALL_BYTES, limitBytes / 2 / loops() / Math.max(1, clients));
    }

    /** Whether no other loop holds more. */
    boolean holdsMost(int loop) {
        long own = ofLoops.get(loop);
        for (int i = 0; i < ofLoops.length(); i++) {
            if (ofLoops.get(i) > own) {
                return false;
            }
        }
        return true;
    }

    /** Makes the loop that holds most close its largest client, unless it was already asked. */
    void askLargest() {
        int largest = 0;
        for (int i = 1; i < ofLoops.length(); i++) {
            largest = ofLoops.get(i) > ofLoops.get(largest) ? i : largest;
        }
        if (asked.compareAndSet(largest, 0, 1)) {
            reliever.accept(largest);
        }
    }

    /** A loop that was asked acts now. */
    void answers(int loop) {
        asked.set(loop, 0);
    }
}
