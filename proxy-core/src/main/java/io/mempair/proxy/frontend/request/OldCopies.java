package io.mempair.proxy.frontend.request;

import io.mempair.proxy.backend.ServerConnection;
import io.mempair.proxy.protocol.text.ReplyShape;
import io.netty.buffer.ByteBuf;
import java.util.List;

/**
 * The copies of a key whose new value was refused. memcached drops the old value then, lest it be read as if it were the
 * new one; so every copy is deleted before the client hears of the refusal.
 */
final class OldCopies {

    private final Runnable afterwards;
    private int left = 1;

    private OldCopies(Runnable afterwards) {
        this.afterwards = afterwards;
    }

    /**
     * Sends {@code delete} to those of {@code owners} that are usable.
     *
     * @param shape       of the answer to it
     * @param delete      the line; stays the caller's
     * @param afterwards  runs once, when all have answered or failed
     */
    static void delete(List<ServerConnection> owners, ReplyShape shape, ByteBuf delete, Runnable afterwards) {
        OldCopies copies = new OldCopies(afterwards);
        for (ServerConnection owner : owners) {
            if (owner.usable()) {
                owner.output().bytes(delete, 0, delete.readableBytes());
                copies.left++;
                owner.sent(new SideRequest(shape, copies::oneDone));
            }
        }
        copies.oneDone();
    }

    private void oneDone() {
        if (--left == 0) {
            afterwards.run();
        }
    }
}
