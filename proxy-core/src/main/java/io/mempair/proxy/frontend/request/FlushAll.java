package io.mempair.proxy.frontend.request;

import io.mempair.proxy.backend.ServerConnection;
import io.mempair.proxy.backend.ServerFailure;
import io.mempair.proxy.backend.ServerRequest;
import io.mempair.proxy.metrics.TimedCommand;
import io.mempair.proxy.pool.Pool;
import io.mempair.proxy.pool.ServingPlan;
import io.mempair.proxy.protocol.text.ReplyLine;
import io.mempair.proxy.protocol.text.ReplyShape;
import io.mempair.proxy.protocol.text.TextReplies;
import io.netty.buffer.ByteBuf;

/**
 * {@code flush_all} on every server of the pool, backups included: done only if all of them said so. Where there are two
 * copies, no write is in flight meanwhile, and a server that cannot be told now is flushed when it returns.
 */
public final class FlushAll {

    /** Who waits for the end of it. */
    public interface Listener {
        /** Every server has answered or failed. */
        void flushed(boolean everyServer);
    }

    static final byte[] NOT_ALL = TextReplies.line("SERVER_ERROR not every server was flushed");

    private final Pool pool;
    private final Listener listener;
    private int inFlight = 1;
    private boolean allOk = true;
    private boolean someOk;

    private FlushAll(Pool pool, Listener listener) {
        this.pool = pool;
        this.listener = listener;
    }

    /**
     * Sends the command.
     *
     * @param line      with its line end
     * @param plan      whose servers get it
     * @param listener  told once, perhaps before this returns
     */
    public static void send(byte[] line, ServingPlan plan, Listener listener) {
        Pool pool = plan.pool();
        if (pool.backups() == null) {
            new FlushAll(pool, listener).sendToAll(line);
        } else {
            plan.order()
                    .everything(() -> new FlushAll(pool, everyServer -> {
                                plan.order().everythingEnded();
                                listener.flushed(everyServer);
                            })
                            .sendToAll(line));
        }
    }

    private void sendToAll(byte[] line) {
        for (ServerConnection server : pool.all()) {
            if (server.serves()) {
                server.output().bytes(line);
                inFlight++;
                server.sent(new One(server));
            } else {
                missedBy(server);
            }
        }
        ended();
    }

    private void missedBy(ServerConnection server) {
        if (pool.backups() == null) {
            allOk = false;
        } else {
            server.state().ledger().missedEverything();
        }
    }

    private void ended() {
        if (--inFlight == 0) {
            listener.flushed(allOk && someOk);
        }
    }

    private final class One extends ServerRequest {

        private final ServerConnection server;

        One(ServerConnection server) {
            super(TimedCommand.OTHER);
            this.server = server;
        }

        @Override
        protected ReplyShape shape() {
            return ReplyShape.OK;
        }

        @Override
        protected void line(ByteBuf in, int index, int length, ReplyLine meaning) {
            allOk &= meaning == ReplyLine.OK;
            someOk |= meaning == ReplyLine.OK;
            ended();
        }

        @Override
        protected void failed(ServerFailure failure) {
            missedBy(server);
            ended();
        }
    }
}
