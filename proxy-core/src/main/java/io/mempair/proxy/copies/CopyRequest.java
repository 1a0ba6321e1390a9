package io.mempair.proxy.copies;

import io.mempair.proxy.backend.ServerFailure;
import io.mempair.proxy.backend.ServerRequest;
import io.mempair.proxy.metrics.TimedCommand;
import io.mempair.proxy.protocol.text.ReplyLine;
import io.mempair.proxy.protocol.text.ReplyShape;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import org.jspecify.annotations.Nullable;

/**
 * A write sent to one of two servers. Keeps the whole reply: one line, or a counter's value with the line before it.
 */
final class CopyRequest extends ServerRequest {

    /** Receives the outcome: exactly one of the two is called, once. */
    interface ReplyListener {
        /** The server's reply with its line end; a value follows its line. */
        void answered(byte[] bytes, ReplyLine meaning);

        /** No reply arrived: the outcome of the write is unknown. */
        void failed(ServerFailure failure);
    }

    private final ReplyShape shape;
    private final ReplyListener listener;
    private @Nullable ByteBuf value;

    CopyRequest(TimedCommand command, ReplyShape shape, ReplyListener listener) {
        super(command);
        this.shape = shape;
        this.listener = listener;
    }

    @Override
    protected ReplyShape shape() {
        return shape;
    }

    @Override
    protected boolean itemStarts(byte[] line, int offset, int length) {
        value = Unpooled.buffer(64);
        return true;
    }

    /** Only counters are answered with a value, so the copy is small. */
    @Override
    protected void itemBytes(ByteBuf in, int index, int length, boolean last) {
        if (value != null) {
            value.writeBytes(in, index, length);
        }
    }

    @Override
    protected void retrievalEnds() {
        listener.answered(value == null ? new byte[0] : ByteBufUtil.getBytes(value), ReplyLine.HD);
    }

    @Override
    protected void line(ByteBuf in, int index, int length, ReplyLine meaning) {
        listener.answered(ByteBufUtil.getBytes(in, index, length), meaning);
    }

    @Override
    protected void failed(ServerFailure failure) {
        listener.failed(failure);
    }
}
