package io.mempair.proxy.command;

import io.mempair.proxy.backend.BufferedRequest;
import io.mempair.proxy.backend.BufferedRequest.ReplyListener;
import io.mempair.proxy.backend.ServerConnection;
import io.mempair.proxy.backend.ServerFailure;
import io.mempair.proxy.copies.ReplicatedRefusal;
import io.mempair.proxy.copies.ReplicatedWrite;
import io.mempair.proxy.copies.WriteContext;
import io.mempair.proxy.loop.LoopContext;
import io.mempair.proxy.metrics.TimedCommand;
import io.mempair.proxy.pool.Pool;
import io.mempair.proxy.pool.ServingPlan;
import io.mempair.proxy.pool.Tier;
import io.mempair.proxy.protocol.text.ReplyLine;
import io.mempair.proxy.protocol.text.ReplyShape;
import io.mempair.proxy.replication.Key;

/**
 * Deletes a key whose new value was refused. memcached drops the old value after a refused set, so that nobody reads it
 * as the new one; so every copy is deleted before the client gets the error.
 */
final class RefusedValue {

    private RefusedValue() {}

    /**
     * Deletes the copies.
     *
     * @param key         as the servers store it
     * @param shape       of the reply to {@code line}
     * @param line        a delete command with its line end
     * @param afterwards  runs once, when all servers have replied or failed
     */
    static void delete(
            LoopContext loop, ServingPlan plan, Key key, ReplyShape shape, byte[] line, Runnable afterwards) {
        Pool pool = plan.pool();
        Tier backups = pool.backups();
        ServerConnection primary = pool.primaries().ownerOf(key.bytes(), 0, key.bytes().length);
        if (backups != null) {
            ReplicatedWrite.send(
                    WriteContext.of(loop, plan),
                    new ReplicatedRefusal(key, shape, line, afterwards),
                    null,
                    primary,
                    backups.ownerOf(key.bytes(), 0, key.bytes().length),
                    key.stripe());
        } else if (primary.serves()) {
            BufferedRequest deletion = BufferedRequest.ofLine(TimedCommand.DELETE, shape, whenOver(afterwards));
            primary.send(pool.watched(deletion, key.bytes(), 0, key.bytes().length), out -> out.bytes(line));
        } else {
            afterwards.run();
        }
    }

    private static ReplyListener whenOver(Runnable afterwards) {
        return new ReplyListener() {
            @Override
            public void answered(byte[] reply, ReplyLine meaning) {
                afterwards.run();
            }

            @Override
            public void failed(ServerFailure failure) {
                afterwards.run();
            }
        };
    }
}
