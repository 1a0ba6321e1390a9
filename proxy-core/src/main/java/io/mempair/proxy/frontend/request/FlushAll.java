package io.mempair.proxy.frontend.request;

import io.mempair.proxy.backend.ServerConnection;
import io.mempair.proxy.backend.ServerFailure;
import io.mempair.proxy.backend.ServerRequest;
import io.mempair.proxy.pool.Pool;
import io.mempair.proxy.protocol.text.ReplyLine;
import io.mempair.proxy.protocol.text.ReplyShape;
import io.mempair.proxy.protocol.text.TextReplies;
import io.netty.buffer.ByteBuf;

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
     * Sends the command.
     *
     * @param line      with its line end
     * @param pool      whose servers get it
     * @param listener  told once, perhaps before this returns
     */
    public static void send(byte[] line, Pool pool, Listener listener) {
        FlushAll flush = new FlushAll(listener);
        for (ServerConnection server : pool.all()) {
            if (server.usable()) {
                server.output().bytes(line);
                flush.inFlight++;
                server.sent(flush.new One());
            } else {
                flush.allOk = false;
            }
        }
        flush.ended(true);
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
