package io.mempair.proxy.reply;

import io.mempair.proxy.backend.ServerFailure;
import io.mempair.proxy.protocol.text.ReplyLine;
import io.netty.buffer.ByteBuf;

/**
 * Takes the answer to one meta command and makes of it what the client hears. Ended by exactly one of {@link #line},
 * the last {@link #valueBytes} and {@link #failed}. Buffers stay the caller's. Confined to an event loop.
 */
public interface MetaAnswer {

    /**
     * A value begins. Its bytes follow by {@link #valueBytes}, this line with its end included.
     *
     * @return whether it can be what was asked for; if not, the server's connection is not to be trusted any more, and
     *     {@link #failed} follows unless another server is asked
     */
    boolean valueStarts(byte[] line, int length);

    /** A piece of the value, from its VA line to the line end of its data. */
    void valueBytes(ByteBuf in, int index, int length, boolean last);

    /** The answer is this line, its end included. */
    void line(ByteBuf in, int index, int length, ReplyLine meaning);

    /** There is no answer, or no more of it. */
    void failed(ServerFailure failure);
}
