package io.mempair.proxy.command;

import io.mempair.proxy.backend.ServerFailure;
import io.mempair.proxy.backend.ServerRequest;
import io.mempair.proxy.metrics.TimedCommand;
import io.mempair.proxy.protocol.meta.MetaRequest;
import io.mempair.proxy.protocol.text.ReplyLine;
import io.mempair.proxy.protocol.text.ReplyShape;
import io.mempair.proxy.reply.MetaAnswer;
import io.netty.buffer.ByteBuf;

/** A meta write to one server, whose reply goes to the client. Never repeated: its outcome may be unknown. */
final class MetaWrite extends ServerRequest {

    private final ReplyShape shape;
    private final MetaAnswer answer;

    MetaWrite(MetaRequest request, MetaAnswer answer) {
        super(TimedCommand.of(request.command()));
        this.shape = request.shape();
        this.answer = answer;
    }

    @Override
    protected ReplyShape shape() {
        return shape;
    }

    @Override
    protected boolean itemStarts(byte[] line, int offset, int length) {
        return answer.valueStarts(line, length);
    }

    @Override
    protected void itemBytes(ByteBuf in, int index, int length, boolean last) {
        answer.valueBytes(in, index, length, last);
    }

    @Override
    protected void retrievalEnds() {
        // The last bytes of the value have ended the reply.
    }

    @Override
    protected void line(ByteBuf in, int index, int length, ReplyLine meaning) {
        answer.line(in, index, length, meaning);
    }

    @Override
    protected void failed(ServerFailure failure) {
        answer.failed(failure);
    }
}
