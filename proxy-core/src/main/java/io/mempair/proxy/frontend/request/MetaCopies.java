package io.mempair.proxy.frontend.request;

import io.mempair.proxy.backend.ServerFailure;
import io.mempair.proxy.protocol.Command;
import io.mempair.proxy.protocol.meta.MetaRequest;
import io.mempair.proxy.protocol.meta.MetaRequest.Follower;
import io.mempair.proxy.protocol.text.ReplyLine;
import io.mempair.proxy.protocol.text.ReplyShape;
import io.mempair.proxy.replication.WriteOrder;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;

/** A meta write to two copies. */
final class MetaCopies implements Copies {

    private final MetaRequest request;
    private final MetaAnswer answer;

    /** @param request  a request of its own, not the parser's */
    MetaCopies(MetaRequest request, MetaAnswer answer) {
        this.request = request;
        this.answer = answer;
    }

    @Override
    public WriteOrder.Key key() {
        return WriteOrder.Key.of(request.keyBytes(), request.keyOffset(), request.keyLength());
    }

    @Override
    public boolean primaryDecides() {
        return request.isConditional();
    }

    @Override
    public boolean changed(ReplyLine meaning) {
        return meaning == ReplyLine.HD;
    }

    @Override
    public boolean settles(ReplyLine meaning) {
        return request.command() == Command.MD && meaning == ReplyLine.HD;
    }

    @Override
    public ReplyShape shape(boolean following) {
        return carriesData(following) ? request.shape() : ReplyShape.META;
    }

    @Override
    public boolean carriesData(boolean following) {
        return request.command() == Command.MS && !(following && request.follower() == Follower.DELETE);
    }

    @Override
    public int lineBytes() {
        return request.lineBytes();
    }

    @Override
    public void appendLine(ByteBuf out, boolean following) {
        if (following) {
            request.appendFollower(out);
        } else {
            request.appendLine(out);
        }
    }

    /** A kept answer is a line, or the line of a value and the value. */
    @Override
    public void answer(byte[] bytes, ReplyLine meaning) {
        ByteBuf in = Unpooled.wrappedBuffer(bytes);
        int lineBytes = in.bytesBefore((byte) '\n') + 1;
        if (lineBytes < bytes.length) {
            if (answer.valueStarts(bytes, lineBytes)) {
                answer.valueBytes(in, 0, bytes.length, true);
            } else {
                answer.failed(ServerFailure.BAD_ANSWER);
            }
        } else {
            answer.line(in, 0, bytes.length, meaning);
        }
        in.release();
    }

    @Override
    public void failed(ServerFailure failure) {
        answer.failed(failure);
    }
}
