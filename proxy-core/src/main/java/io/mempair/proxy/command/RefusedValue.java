package io.mempair.proxy.command;

import io.mempair.proxy.backend.ServerConnection;
import io.mempair.proxy.copies.ReplicatedRefusal;
import io.mempair.proxy.copies.ReplicatedWrite;
import io.mempair.proxy.copies.SideRequest;
import io.mempair.proxy.loop.LoopContext;
import io.mempair.proxy.metrics.TimedCommand;
import io.mempair.proxy.pool.Pool;
import io.mempair.proxy.pool.ServingPlan;
import io.mempair.proxy.pool.Tier;
import io.mempair.proxy.protocol.text.ReplyShape;
import io.mempair.proxy.replication.Key;

/**
 * What becomes of a key whose new value was refused. memcached drops the old value then, lest it be read as if it were the
 * new one; so every copy is deleted before the client hears of the refusal.
 */
final class RefusedValue {

    private RefusedValue() {}

    /**
     * Deletes the copies.
     *
     * @param key         as the servers store it
     * @param shape       of the answer to {@code line}
     * @param line        deletes the key; with its end
     * @param afterwards  runs once, when all have answered or failed
     */
    static void delete(
            LoopContext loop, ServingPlan plan, Key key, ReplyShape shape, byte[] line, Runnable afterwards) {
        Pool pool = plan.pool();
        Tier backups = pool.backups();
        ServerConnection primary = pool.primaries().ownerOf(key.bytes(), 0, key.bytes().length);
        if (backups != null) {
            ReplicatedWrite.send(
                    ReplicatedWrite.WriteContext.of(loop, plan),
                    new ReplicatedRefusal(key, shape, line, afterwards),
                    null,
                    primary,
                    backups.ownerOf(key.bytes(), 0, key.bytes().length),
                    key.stripe());
        } else if (primary.usable()) {
            primary.send(new SideRequest(TimedCommand.DELETE, shape, afterwards), out -> out.bytes(line));
        } else {
            afterwards.run();
        }
    }
}
