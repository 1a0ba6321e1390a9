package io.mempair.proxy.copies;

import io.mempair.proxy.backend.BufferedRequest.ReplyListener;
import io.mempair.proxy.backend.ServerConnection;
import io.mempair.proxy.backend.ServerFailure;
import io.mempair.proxy.protocol.text.ReplyLine;
import io.mempair.proxy.refill.ItemPresence;
import org.jspecify.annotations.Nullable;

/**
 * A deletion on a server that may hold the mark of a copy that broke off. A mark is no item, so the client must not hear that
 * there was one. Three requests leave together, because other writes of the key may follow them at once: a read, the deletion,
 * and the deletion again. If the read finds a mark, the reply to the second deletion is the right one: it found nothing.
 * Confined to its loop.
 */
final class DeletionOfMark {

    private final ReplicatedWrite write;
    private final ServerConnection server;
    private final ReplyListener listener;
    private boolean markFound;
    private byte @Nullable [] first;
    private @Nullable ReplyLine meaningOfFirst;

    /** @param listener  receives the reply that the client may get, or the failure, once */
    DeletionOfMark(ReplicatedWrite write, ServerConnection server, ReplyListener listener) {
        this.write = write;
        this.server = server;
        this.listener = listener;
    }

    void send() {
        ItemPresence.ask(server, write.key(), new ItemPresence.PresenceListener() {
            @Override
            public void answered(ItemPresence.Presence presence) {
                markFound = presence == ItemPresence.Presence.MARK;
            }

            @Override
            public void failed() {
                // then the deletions fail as well, or no mark can have this key
            }
        });
        write.sendTo(server, write.command, new ReplyListener() {
            @Override
            public void answered(byte[] bytes, ReplyLine meaning) {
                first = bytes;
                meaningOfFirst = meaning;
            }

            @Override
            public void failed(ServerFailure failure) {
                // so does the second one
            }
        });
        write.sendTo(server, write.command, new ReplyListener() {
            @Override
            public void answered(byte[] bytes, ReplyLine meaning) {
                ReplyLine earlier = meaningOfFirst;
                if (markFound || first == null || earlier == null) {
                    listener.answered(bytes, meaning);
                } else {
                    listener.answered(first, earlier);
                }
            }

            @Override
            public void failed(ServerFailure failure) {
                listener.failed(failure);
            }
        });
    }
}
