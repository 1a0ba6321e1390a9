package io.mempair.proxy.frontend.request;

import io.mempair.proxy.backend.ServerFailure;
import io.mempair.proxy.frontend.reply.ReplySlot;
import io.mempair.proxy.protocol.Command;
import io.mempair.proxy.protocol.text.ReplyLine;
import io.mempair.proxy.protocol.text.ReplyShape;
import io.mempair.proxy.protocol.text.TextRequest;
import io.mempair.proxy.replication.WriteOrder;
import io.netty.buffer.ByteBuf;

/** A classic write to two copies. */
final class TextCopies implements Copies {

    private final TextRequest request;
    private final ReplySlot slot;

    /** @param request  a request of its own, not the parser's */
    TextCopies(TextRequest request, ReplySlot slot) {
        this.request = request;
        this.slot = slot;
    }

    @Override
    public WriteOrder.Key key() {
        return WriteOrder.Key.of(request.bytes(), request.keyOffset(), request.keyLength());
    }

    @Override
    public boolean primaryDecides() {
        return request.command().isConditional();
    }

    @Override
    public boolean changed(ReplyLine meaning) {
        return meaning == ReplyLine.STORED || meaning == ReplyLine.NUMBER;
    }

    @Override
    public boolean settles(ReplyLine meaning) {
        return meaning == ReplyLine.DELETED;
    }

    /** What makes the backup equal once the primary has decided. */
    private Command command(boolean following) {
        Command command = request.command();
        boolean stores = command == Command.ADD || command == Command.REPLACE || command == Command.CAS;
        return following && stores ? Command.SET : command;
    }

    @Override
    public ReplyShape shape(boolean following) {
        return ReplyShape.of(command(following));
    }

    @Override
    public boolean carriesData(boolean following) {
        return true;
    }

    @Override
    public int lineBytes() {
        return request.lineBytes() + 16;
    }

    @Override
    public void appendLine(ByteBuf out, boolean following) {
        Command command = command(following);
        if (command == request.command()) {
            request.appendLine(out);
        } else {
            request.appendLineAs(command, 4, out);
        }
    }

    @Override
    public void answer(byte[] line, ReplyLine meaning) {
        slot.completeWith(line);
    }

    @Override
    public void failed(ServerFailure failure) {
        slot.fail(failure.reply());
    }
}
