package io.mempair.proxy.reply;

import io.mempair.proxy.backend.ServerFailure;
import io.mempair.proxy.protocol.text.ReplyLine;
import io.netty.buffer.ByteBuf;

/**
 * Converts the reply to one meta command for the client. Exactly one of {@link #line}, the last {@link #valueBytes} and
 * {@link #failed} ends it. The caller keeps ownership of buffers. Confined to an event loop.
 */
public interface MetaAnswer {

    /**
     * A value begins. {@link #valueBytes} receives its bytes, including this line.
     *
     * @return whether it can be the requested value; if not, the server's connection is closed, and {@link #failed}
     *     follows unless another server is asked
     */
    boolean valueStarts(byte[] line, int length);

    /** A piece of the value, from the VA line to the line end of the data. */
    void valueBytes(ByteBuf in, int index, int length, boolean last);

    /** The reply is this line, with its line end. */
    void line(ByteBuf in, int index, int length, ReplyLine meaning);

    /** No reply arrived, or it broke off. */
    void failed(ServerFailure failure);
}
