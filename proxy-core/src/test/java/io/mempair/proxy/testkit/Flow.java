package io.mempair.proxy.testkit;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.util.ArrayDeque;

/** One direction of a {@link Strand}: what was read and may not be written yet, in order, each part with its time. */
final class Flow {

    /** More than the kernel keeps for one of these sockets, so that what it has can be looked at as a whole. */
    private static final int MAX_HELD_BYTES = 2 << 20;

    private record FlowPart(ByteBuffer bytes, long dueNanos) {}

    private final SocketChannel from;
    private final SocketChannel to;
    private final ArrayDeque<FlowPart> held = new ArrayDeque<>();
    private int heldBytes;
    private boolean ended;
    private boolean passedEnd;

    Flow(SocketChannel from, SocketChannel to) {
        this.from = from;
        this.to = to;
    }

    /** Takes what has come, up to the bound. Fails when the sender was reset: what it had sent is then forgotten. */
    void read(ByteBuffer scratch, long dueNanos) throws IOException {
        while (!ended && hasRoom()) {
            scratch.clear();
            int count = from.read(scratch);
            if (count == 0) {
                return;
            }
            if (count < 0) {
                ended = true;
                return;
            }
            byte[] bytes = new byte[count];
            scratch.flip().get(bytes);
            held.add(new FlowPart(ByteBuffer.wrap(bytes), dueNanos));
            heldBytes += count;
        }
    }

    /** Passes on what is due, and the end after all of it. */
    void write(long nowNanos) throws IOException {
        while (!held.isEmpty() && held.peek().dueNanos() - nowNanos <= 0) {
            ByteBuffer bytes = held.peek().bytes();
            heldBytes -= to.write(bytes);
            if (bytes.hasRemaining()) {
                return;
            }
            held.remove();
        }
        if (ended && held.isEmpty() && !passedEnd) {
            passedEnd = true;
            to.shutdownOutput();
        }
    }

    boolean hasRoom() {
        return heldBytes < MAX_HELD_BYTES;
    }

    boolean wantsInput() {
        return !ended && hasRoom();
    }

    /** Whether something is due that the receiver did not take. */
    boolean isBlocked(long nowNanos) {
        return !held.isEmpty() && held.peek().dueNanos() - nowNanos <= 0;
    }

    /** When the next part is due, or {@code otherwise}. */
    long nextDueNanos(long otherwise) {
        return held.isEmpty() ? otherwise : held.peek().dueNanos();
    }

    boolean isOver() {
        return passedEnd;
    }
}
