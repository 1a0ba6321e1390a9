package io.mempair.proxy.refill;

import io.mempair.proxy.backend.ServerConnection;
import io.mempair.proxy.loop.ByteRanges;
import io.mempair.proxy.replication.Key;

/** Asks a server whether it has an item, without changing it. */
public final class ItemPresence {

    private ItemPresence() {}

    /** Receives the outcome: exactly one of the two is called, once, on the loop. */
    public interface PresenceListener {
        /** Whether there is an item that is neither stale, a stub nor the mark of a refill. */
        void answered(boolean present);

        /** No reply, or an error. */
        void failed();
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
                listener.answered(!item.stale() && !item.isStub() && !item.isLease());
            }

            @Override
            public void absent() {
                listener.answered(false);
            }

            @Override
            public void failed() {
                listener.failed();
            }
        });
    }
}
