package io.mempair.proxy.frontend.request;

import io.mempair.proxy.backend.ServerConnection;
import io.mempair.proxy.backend.ServerFailure;
import io.mempair.proxy.backend.ServerRequest;
import io.mempair.proxy.pool.Pool;
import io.mempair.proxy.pool.ServingPlan;
import io.mempair.proxy.pool.Tier;
import io.mempair.proxy.protocol.text.ReplyLine;
import io.mempair.proxy.protocol.text.ReplyShape;
import io.mempair.proxy.protocol.text.TextReplies;
import io.mempair.proxy.replication.WriteOrder;
import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/** {@code flush_all} on every server of the pool, backups included: done only if all of them said so. */
public final class FlushAll {

    /** Who waits for the end of it. */
    public interface Listener {
        /** Every server has answered or failed. */
        void flushed(boolean everyServer);
    }

    static final byte[] NOT_ALL = TextReplies.line("SERVER_ERROR not every server was flushed");

    private final Listener listener;
    private int inFlight = 1;
    private boolean allOk = true;

    private FlushAll(Listener listener) {
        this.listener = listener;
    }

    /**
     * Sends the command to the primaries, and when all of them have answered to the backups: so a backup hears first of what
     * its primary decided before the flush.
     *
     * @param line      with its line end
     * @param plan      whose servers get it
     * @param listener  told once, perhaps before this returns
     */
    public static void send(byte[] line, ServingPlan plan, Listener listener) {
        Pool pool = plan.pool();
        FlushAll backups = new FlushAll(listener);
        WriteOrder.Flush flush = plan.order().beginFlush();
        FlushAll primaries = new FlushAll(everyPrimary -> {
            backups.allOk = everyPrimary;
            backups.sendTo(pool.backups(), line);
            flush.toldBackups();
            backups.ended(true);
        });
        primaries.sendTo(pool.primaries(), line);
        primaries.ended(true);
    }

    private void sendTo(@Nullable Tier tier, byte[] line) {
        for (int i = 0; tier != null && i < tier.size(); i++) {
            ServerConnection server = tier.server(i);
            if (server.usable()) {
                server.output().bytes(line);
                inFlight++;
                server.sent(new One());
            } else {
                allOk = false;
            }
        }
    }

    private void ended(boolean ok) {
        allOk &= ok;
        if (--inFlight == 0) {
            listener.flushed(allOk);
        }
    }

    private final class One extends ServerRequest {

        @Override
        protected ReplyShape shape() {
            return ReplyShape.OK;
        }

        @Override
        protected void line(ByteBuf in, int index, int length, ReplyLine meaning) {
            ended(meaning == ReplyLine.OK);
        }

        @Override
        protected void failed(ServerFailure failure) {
            ended(false);
        }
    }
}
