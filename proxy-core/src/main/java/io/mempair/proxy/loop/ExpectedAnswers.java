package io.mempair.proxy.loop;

import java.util.ArrayDeque;
import java.util.Deque;

/**
 * The answers that the clients of one loop wait for, by their expected size. All of these clients share the loop's
 * server connections: what one has asked for, the others wait behind. When much is expected, clients that ask for
 * large values take turns, first come, first served. Confined to its loop.
 */
public final class ExpectedAnswers {

    /** Bytes; what servers send in a fraction of a second. */
    static final long MUCH_BYTES = 4 << 20;

    /** Bytes; an answer of this size delays nobody noticeably, and never waits for its turn. */
    private static final long SMALL_BYTES = 64 * 1_024;

    private static final int TURNS_A_TICK = 16;

    /** Decay of {@link #largeBytes} in each tick, as a shift: half of it is left after half a second. */
    private static final int FORGETTING = 3;

    /** Bytes of the largest replies of late. */
    private long largeBytes;

    private final Deque<Runnable> waiting = new ArrayDeque<>();
    private long bytes;

    /** Changes the expected bytes. */
    public void add(long delta) {
        bytes += delta;
        if (delta < 0 && !areMany() && !waiting.isEmpty()) {
            // one has come, so one more is asked for; it counts only when it is
            waiting.remove().run();
        }
    }

    /** Expected bytes of outstanding replies, by estimate. */
    public long bytes() {
        return bytes;
    }

    /** Bytes to expect of the first reply to a client: what is large here of late, or little, so that a multi-get fits at once. */
    public long firstBytes() {
        return Math.max(SMALL_BYTES, largeBytes);
    }

    /** Records the bytes of a reply; returns whether it is large. */
    public boolean came(long bytes) {
        largeBytes = Math.max(largeBytes, bytes);
        return bytes > SMALL_BYTES;
    }

    /** Whether so many reply bytes are expected that further requests would wait long. */
    public boolean areMany() {
        return bytes > MUCH_BYTES;
    }

    /** Whether a client with nothing outstanding, who expects an answer of this size, may ask. */
    public boolean letAsk(long answerBytes) {
        return answerBytes <= SMALL_BYTES || !areMany();
    }

    /** Runs {@code turn} when it is the turn of a client that may not ask. */
    public void await(Runnable turn) {
        waiting.add(turn);
    }

    /** Some go on although no answer has come: those whose turn it was may have gone away, or ask for something else. */
    public void tick() {
        largeBytes -= largeBytes >> FORGETTING;
        for (int i = 0; i < TURNS_A_TICK && !areMany() && !waiting.isEmpty(); i++) {
            waiting.remove().run();
        }
    }
}
