package io.mempair.proxy.frontend.reply;

import io.mempair.proxy.loop.OutputBatch;
import org.jspecify.annotations.Nullable;

/**
 * The answers a client waits for, oldest first. Servers answer in any order; the client reads them in the order
 * it asked. Confined to the client's loop.
 */
public final class ReplyQueue {

    /** What the queue tells its client. */
    public interface Listener {
        /** An answer left the queue. */
        void answered();

        /** An answer broke off in the middle: close without another byte. */
        void brokenOff();

        /** Bytes of answers that may be kept behind an older one. */
        long maxUnreadBytes();

        /** Kept answers passed the bound: the client must go. */
        void tooMuchUnread();

        /** A fault of ours befell an answer: the client cannot be told any other. */
        void broken(Throwable defect);
    }

    private final OutputBatch output;
    private final Listener listener;

    private @Nullable ReplySlot oldest;
    private @Nullable ReplySlot youngest;
    private int size;
    private long heldBytes;
    private boolean closed;

    /**
     * @param output    where answers go
     * @param listener  the client
     */
    public ReplyQueue(OutputBatch output, Listener listener) {
        this.output = output;
        this.listener = listener;
    }

    /** Opens the place of the next answer. */
    public ReplySlot open(boolean noreply) {
        ReplySlot slot = new ReplySlot(this, noreply);
        if (youngest == null) {
            oldest = slot;
        } else {
            youngest.next = slot;
        }
        youngest = slot;
        size++;
        return slot;
    }

    /** Answers at once, in order; {@code line} is one of our own. */
    public void answer(byte[] line, boolean noreply) {
        if (noreply || closed) {
            return;
        }
        if (oldest == null) {
            output.bytes(line);
        } else {
            open(false).completeWith(line);
        }
    }

    /** Requests without a whole answer. */
    public int size() {
        return size;
    }

    public boolean closed() {
        return closed;
    }

    public OutputBatch output() {
        return output;
    }

    boolean isOldest(ReplySlot slot) {
        return slot == oldest;
    }

    /** Accounts for bytes kept; negative when they leave. */
    void held(long bytes) {
        heldBytes += bytes;
        if (heldBytes > listener.maxUnreadBytes() && !closed) {
            listener.tooMuchUnread();
        }
    }

    /** Lets every whole answer at the head go, and begins the one that is not whole. */
    void advance() {
        try {
            ReplySlot slot = oldest;
            while (!closed && slot != null && slot.isComplete()) {
                oldest = slot.next;
                size--;
                slot = oldest;
                if (slot == null) {
                    youngest = null;
                } else {
                    slot.releaseHeldTo(this);
                }
            }
            if (!closed) {
                listener.answered();
            }
        } catch (RuntimeException | Error defect) {
            broken(defect);
        }
    }

    /** What was thrown concerns this client alone: not the server whose answer it was, and nobody else it answers. */
    void broken(Throwable defect) {
        if (!closed) {
            listener.broken(defect);
        }
    }

    void abandon() {
        if (!closed) {
            listener.brokenOff();
        }
    }

    /** The client is gone: answers still to come are dropped. */
    public void close() {
        closed = true;
        for (ReplySlot slot = oldest; slot != null; slot = slot.next) {
            slot.discard();
        }
        oldest = null;
        youngest = null;
        size = 0;
    }
}
