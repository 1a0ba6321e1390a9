package io.mempair.proxy.frontend.request;

import io.mempair.proxy.backend.ServerFailure;
import io.mempair.proxy.frontend.reply.ReplySlot;
import io.mempair.proxy.protocol.Command;
import io.mempair.proxy.protocol.meta.MetaRequest;
import io.mempair.proxy.protocol.text.ReplyLine;
import io.netty.buffer.ByteBuf;

/**
 * The answer of a server as the client's answer, byte for byte, but for what a quiet client does not want to hear: of
 * {@code mg} the miss, of the others the success. Errors and every other outcome it hears.
 */
final class MetaReply implements MetaAnswer {

    private final ReplySlot slot;
    private final boolean quiet;
    private final boolean read;

    MetaReply(MetaRequest request, ReplySlot slot) {
        this.slot = slot;
        this.quiet = request.quiet();
        this.read = request.command() == Command.MG;
    }

    @Override
    public boolean valueStarts(byte[] line, int length) {
        // Passed on with the first bytes. Whether the key comes with it was the client's choice.
        return true;
    }

    @Override
    public void valueBytes(ByteBuf in, int index, int length, boolean last) {
        if (read || !quiet) {
            slot.bytes(in, index, length);
        }
        if (last) {
            slot.complete();
        }
    }

    @Override
    public void line(ByteBuf in, int index, int length, ReplyLine meaning) {
        if (quiet && meaning == (read ? ReplyLine.EN : ReplyLine.HD)) {
            slot.complete();
        } else {
            slot.completeWith(in, index, length);
        }
    }

    @Override
    public void failed(ServerFailure failure) {
        slot.fail(failure.reply());
    }
}
