package io.mempair.proxy.replication;

import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicIntegerArray;

/**
 * Which event loop may write to which keys: the keys fall into stripes, and a stripe belongs to at most one loop at a time.
 * A loop takes a stripe for its writes in flight and gives it back; loops that find it taken get it in the order they asked.
 * Where no two loops write to the same stripe at once, taking and giving is one compare-and-set each. Any thread.
 *
 * <p>Not final, so that a test can let other loops go on between any two steps of one.
 */
public class Stripes {

    /** Power of two; many enough that two loops seldom meet in one by chance. */
    public static final int COUNT = 4_096;

    /** Set beside the owner while others wait. */
    private static final int WANTED = 1 << 16;

    /** Told that a loop now owns a stripe it asked for; must not wait. */
    public interface Granter {
        /** {@code loop} owns {@code stripe} from now on. Called by the thread that gave it back. */
        void granted(int loop, int stripe);
    }

    private final Granter granter;

    /** For each stripe 0 while it is free, else the owning loop plus one. */
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
     * @return whether {@code loop} owns it now; if not, {@link Granter} hears when it does
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

    /** Gives a stripe back that {@code loop} owns. */
    void give(int stripe, int loop) {
        if (!owners.compareAndSet(stripe, loop + 1, 0)) {
            granter.granted(passOn(stripe), stripe);
        }
    }

    private synchronized int passOn(int stripe) {
        ArrayDeque<Integer> loops = waiting.get(stripe);
        if (loops == null) {
            throw new AssertionError("a stripe was given back by a loop that does not own it: " + stripe);
        }
        int next = loops.remove();
        if (loops.isEmpty()) {
            waiting.remove(stripe);
        }
        owners.set(stripe, (next + 1) | (loops.isEmpty() ? 0 : WANTED));
        return next;
    }
}
