package io.mempair.proxy.refill;

import io.mempair.proxy.backend.ServerConnection;
import io.mempair.proxy.loop.ByteRanges;
import io.mempair.proxy.replication.Key;

/** Asks a server whether it has an item, without changing it. */
public final class ItemPresence {

    private ItemPresence() {}

    /** What a server holds of a key. */
    public enum Presence {
        /** An item that clients get. */
        ITEM,
        /** The mark of a refill. */
        MARK,
        /** A stale item, or the stub of one that a client is making. */
        STALE,
        NOTHING
    }

    /** Receives the outcome: exactly one of the two is called, once, on the loop. */
    public interface PresenceListener {
        void answered(Presence presence);

        /** No reply, or an error. */
        void failed();
    }

    private static Presence presenceOf(ItemRead.StoredItem item) {
        if (item.isLease()) {
            return Presence.MARK;
        }
        return item.stale() || item.isStub() ? Presence.STALE : Presence.ITEM;
    }

    /** Asks now; the outcome may come before this method returns. */
    public static void ask(ServerConnection server, Key key, PresenceListener listener) {
        KeyToken token = KeyToken.of(key, server.speaksMeta());
        if (token == null || !server.serves()) {
            listener.failed();
            return;
        }
        CopySource source = CopySource.of(server, token);
        source.read(new ItemRead.ReadListener() {
            @Override
            public void found(ItemRead.StoredItem item, ByteRanges data) {
                data.release();
                if (item.rightTaken()) {
                    source.giveBackRight(item);
                }
                listener.answered(presenceOf(item));
            }

            @Override
            public void absent() {
                listener.answered(Presence.NOTHING);
            }

            @Override
            public void failed() {
                listener.failed();
            }
        });
    }
}
