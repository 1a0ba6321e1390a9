package io.mempair.proxy.frontend;

import io.netty.channel.EventLoop;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.TimeUnit;

/**
 * Takes turns in enciphering large answers. A megabyte keeps a processor busy for a millisecond, and for thirty until the code is
 * compiled; whole answers of several clients, in a row, would be a pause for all others of the loop. Small answers need no turn.
 * Confined to its loop.
 */
final class TlsTurns {

    /** Bytes of one client in one turn: four records. */
    static final int PIECE_BYTES = 65_536;

    /** Bytes of all clients in one turn of the loop. */
    static final int TURN_BYTES = 4 * PIECE_BYTES;

    /** Bytes that may wait; what is more is enciphered in the same turn, which then slows down those who ask for it. */
    static final int MOST_WAITING_BYTES = 8 << 20;

    /** A client with more to encipher. */
    interface LargeOutput {
        /**
         * Enciphers and sends the next bytes; never fails.
         *
         * @param bytes  at most so many
         * @return whether there are more
         */
        boolean encipher(int bytes);

        /** Bytes that wait. */
        int waitingBytes();
    }

    private final EventLoop loop;
    private final Queue<LargeOutput> waiting = new ArrayDeque<>();
    private boolean scheduled;

    TlsTurns(EventLoop loop) {
        this.loop = loop;
    }

    /** Enciphers what the client has piece by piece, beginning in this turn; call it once until there is no more. */
    void join(LargeOutput client) {
        waiting.add(client);
        schedule();
    }

    /** By a timer: timers run after the loop has read the input of all clients. */
    private void schedule() {
        if (!scheduled) {
            scheduled = true;
            loop.schedule(this::run, 1, TimeUnit.NANOSECONDS);
        }
    }

    private void run() {
        scheduled = false;
        for (long left = turnBytes(); left > 0 && !waiting.isEmpty(); left -= PIECE_BYTES) {
            LargeOutput client = waiting.remove();
            if (client.encipher(PIECE_BYTES)) {
                waiting.add(client);
            }
        }
        if (!waiting.isEmpty()) {
            schedule();
        }
    }

    private long turnBytes() {
        long all = 0;
        for (LargeOutput client : waiting) {
            all += client.waitingBytes();
        }
        return Math.max(TURN_BYTES, all - MOST_WAITING_BYTES);
    }
}
