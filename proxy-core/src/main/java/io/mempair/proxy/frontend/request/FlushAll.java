package io.mempair.proxy.frontend.request;

import io.mempair.proxy.backend.ServerConnection;
import io.mempair.proxy.backend.ServerFailure;
import io.mempair.proxy.backend.ServerRequest;
import io.mempair.proxy.frontend.reply.ReplySlot;
import io.mempair.proxy.pool.Pool;
import io.mempair.proxy.protocol.text.ReplyLine;
import io.mempair.proxy.protocol.text.ReplyShape;
import io.mempair.proxy.protocol.text.TextReplies;
import io.mempair.proxy.protocol.text.TextRequest;
import io.netty.buffer.ByteBuf;

/** {@code flush_all} on every server of the pool, backups included: OK only if all of them said so. */
final class FlushAll {

    private static final byte[] NOT_ALL = TextReplies.line("SERVER_ERROR not every server was flushed");

    private final ReplySlot slot;
    private int inFlight = 1;
    private boolean allOk = true;

    private FlushAll(ReplySlot slot) {
        this.slot = slot;
    }

    static void send(TextRequest request, Pool pool, ReplySlot slot) {
        FlushAll flush = new FlushAll(slot);
        for (ServerConnection server : pool.all()) {
            if (server.usable()) {
                request.appendLine(server.output().append(request.lineBytes() + 2));
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
            slot.completeWith(allOk ? TextReplies.OK : NOT_ALL);
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
