package io.mempair.proxy.replication;

import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicIntegerArray;

/**
 * Assigns keys to event loops for writing. Keys fall into stripes, and at most one loop owns a stripe at a time. A loop
 * takes a stripe for its writes in flight and releases it; loops that find it taken queue in the order they asked.
 * Without contention, taking and releasing cost one compare-and-set each. Any thread.
 *
 * <p>Not final, so that a test can run other loops between any two steps of one.
 */
public class Stripes {

    /** Power of two; large enough that two loops rarely collide in a stripe. */
    public static final int COUNT = 4_096;

    /** Flag beside the owner while other loops wait. */
    private static final int WANTED = 1 << 16;

    /** Notified when a loop owns a stripe it asked for; must not block. */
    public interface Granter {
        /** {@code loop} now owns {@code stripe}. Called by the thread that released it. */
        void granted(int loop, int stripe);
    }

    private final Granter granter;

    /** Per stripe: 0 while it is free, else the owning loop plus one. */
    private final AtomicIntegerArray owners = new AtomicIntegerArray(COUNT);

    private final Map<Integer, ArrayDeque<Integer>> waiting = new HashMap<>();

    public Stripes(Granter granter) {
        this.granter = granter;
    }

    /** The stripe of the key {@code bytes[offset, offset + length)}. */
    public static int of(byte[] bytes, int offset, int length) {
        return Key.hash(bytes, offset, length) & (COUNT - 1);
    }

    /**
     * Asks for a stripe.
     *
     * @return whether {@code loop} owns it now; if not, {@link Granter} is called once it does
     */
    boolean take(int stripe, int loop) {
        return owners.compareAndSet(stripe, 0, loop + 1) || takeOrWait(stripe, loop);
    }

    private synchronized boolean takeOrWait(int stripe, int loop) {
        while (true) {
            int owner = owners.get(stripe);
            if (owner == 0) {
                if (owners.compareAndSet(stripe, 0, loop + 1)) {
                    return true;
                }
            } else if (owners.compareAndSet(stripe, owner, owner | WANTED)) {
                waiting.computeIfAbsent(stripe, key -> new ArrayDeque<>()).add(loop);
                return false;
            }
        }
    }

    /** Whether another loop waits for a stripe that the caller owns. */
    boolean isWanted(int stripe) {
        return (owners.get(stripe) & WANTED) != 0;
    }

    /** Releases a stripe that {@code loop} owns. */
    void give(int stripe, int loop) {
        if (!owners.compareAndSet(stripe, loop + 1, 0)) {
            granter.granted(passOn(stripe), stripe);
        }
    }

    private synchronized int passOn(int stripe) {
        ArrayDeque<Integer> loops = waiting.get(stripe);
        if (loops == null) {
            throw new AssertionError("a loop released a stripe it does not own: " + stripe);
        }
        int next = loops.remove();
        if (loops.isEmpty()) {
            waiting.remove(stripe);
        }
        owners.set(stripe, (next + 1) | (loops.isEmpty() ? 0 : WANTED));
        return next;
    }
}
