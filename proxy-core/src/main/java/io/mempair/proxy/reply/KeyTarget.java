package io.mempair.proxy.reply;

import io.mempair.proxy.backend.ServerFailure;
import io.netty.buffer.ByteBuf;

/** Who gets what a retrieval finds of one key. Exactly one of the last four ends it. Buffers stay the caller's. */
public interface KeyTarget {

    /** The VALUE line, or a piece of it and the value. */
    void bytes(ByteBuf in, int index, int length);

    /** The value is whole. */
    void hit();

    void miss();

    /** A server answered with this error line. */
    void refused(ByteBuf in, int index, int length);

    /** There is no answer, or no more of it. */
    void failed(ServerFailure failure);
}
