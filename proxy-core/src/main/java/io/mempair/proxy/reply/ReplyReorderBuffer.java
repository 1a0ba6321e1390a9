package io.mempair.proxy.reply;

import io.mempair.proxy.loop.ByteRanges;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Restores the request order of the values of a multi-get: tracks the state of each key, forwards a value when it is
 * next, and tells which value may be forwarded while it still arrives.
 */
public final class ReplyReorderBuffer {

    /** No server has replied for the key yet. */
    private static final byte PENDING = 0;

    private static final byte MISS = 1;
    private static final byte HIT = 2;
    /** Its server did not reply: counted separately, answered like a miss. */
    private static final byte FAILED = 3;

    private final ReplySlot slot;
    private final byte[] states;
    private final @Nullable ByteRanges[] keptIn;
    private final int[] rangesFrom;
    private final int[] rangesTo;
    private final int[] counts = new int[4];

    /** The first key that is neither forwarded nor missed. */
    private int next;

    public ReplyReorderBuffer(int keys, ReplySlot slot) {
        this.slot = slot;
        this.states = new byte[keys];
        this.keptIn = new ByteRanges[keys];
        this.rangesFrom = new int[keys];
        this.rangesTo = new int[keys];
    }

    /** Whether this key is next, so that its value may be forwarded as it arrives. */
    public boolean isTurnOf(int key) {
        passOn();
        return key == next;
    }

    /** The key's value was forwarded as it arrived. */
    public void passedOn(int key) {
        set(key, HIT);
    }

    /**
     * The key's value is complete and held in these ranges of {@code kept}; forwarding releases them and all earlier
     * ones.
     */
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

    /** Forwards every held value that is next. */
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

    /** The client has disconnected: forwards nothing; the held values may be released. */
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
