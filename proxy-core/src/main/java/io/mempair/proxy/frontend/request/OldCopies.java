package io.mempair.proxy.frontend.request;

import io.mempair.proxy.backend.ServerConnection;
import io.mempair.proxy.protocol.text.ReplyShape;
import io.mempair.proxy.replication.WriteOrder;
import java.util.List;

/**
 * The copies of a key whose new value was refused. memcached drops the old value then, lest it be read as if it were the
 * new one; so every copy is deleted before the client hears of the refusal.
 */
final class OldCopies {

    private final List<ServerConnection> owners;
    private final ReplyShape shape;
    private final byte[] delete;

    private OldCopies(List<ServerConnection> owners, ReplyShape shape, byte[] delete) {
        this.owners = owners;
        this.shape = shape;
        this.delete = delete;
    }

    /**
     * Deletes the copies, the primary's first, so that the backup hears of it in its place among other writes.
     *
     * @param order       of the loop's writes
     * @param key         as the servers store it
     * @param owners      of its copies; those that are not usable are left out
     * @param shape       of the answer
     * @param delete      the line, with its end
     * @param afterwards  runs once, when all have answered or failed
     */
    static void delete(
            WriteOrder order,
            WriteOrder.Key key,
            List<ServerConnection> owners,
            ReplyShape shape,
            byte[] delete,
            Runnable afterwards) {
        OldCopies copies = new OldCopies(owners, shape, delete);
        if (owners.size() == 1) {
            copies.deleteAt(0, afterwards);
            return;
        }
        order.begin(key);
        WriteOrder.Flush flush = order.latestFlush();
        copies.deleteAt(
                0,
                () -> flush.whenTold(() -> {
                    copies.deleteAt(1, afterwards);
                    order.end(key);
                }));
    }

    private void deleteAt(int index, Runnable then) {
        ServerConnection owner = owners.get(index);
        if (owner.usable()) {
            owner.output().bytes(delete);
            owner.sent(new SideRequest(shape, then));
        } else {
            then.run();
        }
    }
}
