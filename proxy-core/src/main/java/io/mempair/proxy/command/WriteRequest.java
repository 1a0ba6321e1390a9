package io.mempair.proxy.command;

import io.mempair.proxy.backend.ServerFailure;
import io.mempair.proxy.backend.ServerRequest;
import io.mempair.proxy.metrics.TimedCommand;
import io.mempair.proxy.protocol.Command;
import io.mempair.proxy.protocol.text.ReplyLine;
import io.mempair.proxy.protocol.text.ReplyShape;
import io.mempair.proxy.reply.ReplySlot;
import io.netty.buffer.ByteBuf;

/**
 * A request to one server whose one-line reply goes to the client. Never repeated: its outcome may be unknown. When it has
 * ended it may stand for another request of the same client with the same command.
 */
final class WriteRequest extends ServerRequest {

    private final Command command;
    private final ReplyShape shape;
    private final ReplySlot slot;

    WriteRequest(Command command, ReplySlot slot) {
        super(TimedCommand.of(command));
        this.command = command;
        this.shape = ReplyShape.of(command);
        this.slot = slot;
    }

    Command command() {
        return command;
    }

    @Override
    protected ReplyShape shape() {
        return shape;
    }

    @Override
    protected void line(ByteBuf in, int index, int length, ReplyLine meaning) {
        slot.completeWith(in, index, length);
    }

    @Override
    protected void failed(ServerFailure failure) {
        slot.fail(failure.reply());
    }
}
