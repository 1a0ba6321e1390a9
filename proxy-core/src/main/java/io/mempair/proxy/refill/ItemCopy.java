package io.mempair.proxy.refill;

import io.mempair.proxy.backend.ServerConnection;
import io.mempair.proxy.loop.LoopContext;
import io.mempair.proxy.replication.Key;

/** Copies one item from one server to another. */
public final class ItemCopy {

    /** How it ended. */
    public enum Outcome {
        /** The target has the item. */
        COPIED,
        /** The target had an item of that key already. */
        PRESENT,
        /** The source has none; nor has the target. */
        ABSENT,
        /** Somebody else wrote or deleted the key at the target meanwhile. */
        BEATEN,
        /** A server gave no answer, or none that helps. */
        FAILED
    }

    /** Who waits for the end; told once, on the loop, perhaps before {@link #start} returns. */
    public interface Listener {
        void ended(Outcome outcome);
    }

    private ItemCopy() {}

    /**
     * Begins. No other write of the key may be in flight on this proxy until it has ended.
     *
     * @param overwrite        whether what the target has is deleted first
     * @param lifetimeSeconds  of the item, if the source cannot say
     */
    public static void start(
            LoopContext loop,
            ServerConnection from,
            ServerConnection to,
            Key key,
            boolean overwrite,
            int lifetimeSeconds,
            Listener listener) {
        listener.ended(Outcome.FAILED);
    }
}
