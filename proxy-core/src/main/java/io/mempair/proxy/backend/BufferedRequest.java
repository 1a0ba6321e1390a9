package io.mempair.proxy.backend;

import io.mempair.proxy.metrics.TimedCommand;
import io.mempair.proxy.protocol.text.ReplyLine;
import io.mempair.proxy.protocol.text.ReplyShape;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * A request whose whole reply is kept and handed to a listener: one line, or the value of a counter with the line before
 * it.
 */
public final class BufferedRequest extends ServerRequest {

    /** Bytes; a reply with the value of a counter fits. */
    private static final int VALUE_BYTES = 64;

    /** Receives the outcome: exactly one of the two is called, once, on the loop. */
    public interface ReplyListener {
        /**
         * The server has replied.
         *
         * @param reply    the line with its end; a value follows its line
         * @param meaning  of the line; HD for a value
         */
        void answered(byte[] reply, ReplyLine meaning);

        /** No reply arrived: the outcome of the request is unknown. */
        void failed(ServerFailure failure);
    }

    private final ReplyShape shape;
    private final boolean takesValue;
    private final ReplyListener listener;
    private @Nullable ByteBuf value;

    /** An internal request with a one-line reply, whose latency is not recorded. */
    public BufferedRequest(ReplyShape shape, ReplyListener listener) {
        this.shape = shape;
        this.takesValue = false;
        this.listener = listener;
    }

    private BufferedRequest(TimedCommand command, ReplyShape shape, boolean takesValue, ReplyListener listener) {
        super(command);
        this.shape = shape;
        this.takesValue = takesValue;
        this.listener = listener;
    }

    /** A request with a one-line reply, on behalf of a client. A value in its place closes the connection. */
    public static BufferedRequest ofLine(TimedCommand command, ReplyShape shape, ReplyListener listener) {
        return new BufferedRequest(command, shape, false, listener);
    }

    /** A write on behalf of a client; its reply is a line or the value of a counter. */
    public static BufferedRequest ofWrite(TimedCommand command, ReplyShape shape, ReplyListener listener) {
        return new BufferedRequest(command, shape, true, listener);
    }

    /** The reply without its line end, for the log. */
    public static String text(byte[] reply) {
        return new String(reply, StandardCharsets.ISO_8859_1).trim();
    }

    @Override
    protected ReplyShape shape() {
        return shape;
    }

    @Override
    protected boolean itemStarts(byte[] line, int keyOffset, int keyLength) {
        if (takesValue) {
            value = Unpooled.buffer(VALUE_BYTES);
        }
        return takesValue;
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
