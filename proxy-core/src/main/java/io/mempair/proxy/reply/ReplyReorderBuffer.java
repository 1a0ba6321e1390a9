package io.mempair.proxy.reply;

import io.mempair.proxy.loop.ByteRanges;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Brings the values of a multi-get into the order asked: knows of each key what has become of it, passes a value on when
 * its turn has come, and says which value may go to the client while it still arrives.
 */
public final class ReplyReorderBuffer {

    /** Nothing is known of the key yet. */
    private static final byte PENDING = 0;

    private static final byte MISS = 1;
    private static final byte HIT = 2;
    /** Its server gave no answer: counted apart from misses, answered like one. */
    private static final byte FAILED = 3;

    private final ReplySlot slot;
    private final byte[] states;
    private final @Nullable ByteRanges[] keptIn;
    private final int[] rangesFrom;
    private final int[] rangesTo;
    private final int[] counts = new int[4];

    /** The first key that has not been passed on, or found missing. */
    private int next;

    public ReplyReorderBuffer(int keys, ReplySlot slot) {
        this.slot = slot;
        this.states = new byte[keys];
        this.keptIn = new ByteRanges[keys];
        this.rangesFrom = new int[keys];
        this.rangesTo = new int[keys];
    }

    /** Whether it is this key's turn, so that its value may go to the client as it comes. */
    public boolean isTurnOf(int key) {
        passOn();
        return key == next;
    }

    /** The key's value went to the client already. */
    public void passedOn(int key) {
        set(key, HIT);
    }

    /** The key's value is whole, in these ranges of {@code kept}, which are released when it is passed on, and those before. */
    public void keptFor(int key, ByteRanges kept, int from, int to) {
        keptIn[key] = kept;
        rangesFrom[key] = from;
        rangesTo[key] = to;
        set(key, HIT);
    }

    public void miss(int key) {
        set(key, MISS);
    }

    public void failed(int key) {
        set(key, FAILED);
    }

    private void set(int key, byte state) {
        states[key] = state;
        counts[state]++;
    }

    /** Passes on every value at the head of the order whose turn has come. */
    public void passOn() {
        while (next < states.length && states[next] != PENDING) {
            ByteRanges kept = keptIn[next];
            if (kept != null) {
                kept.copyTo(slot, rangesFrom[next], rangesTo[next]);
                kept.releaseUpTo(rangesTo[next]);
            }
            next++;
        }
    }

    /** The client is gone: nothing is passed on, and what was kept may be released. */
    public void forget() {
        Arrays.fill(keptIn, null);
    }

    public int hits() {
        return counts[HIT];
    }

    public int misses() {
        return counts[MISS];
    }

    public int failures() {
        return counts[FAILED];
    }
}
