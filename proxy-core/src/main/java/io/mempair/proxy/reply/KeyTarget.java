package io.mempair.proxy.reply;

import io.mempair.proxy.backend.ServerFailure;
import io.netty.buffer.ByteBuf;

/**
 * Receives the result of a retrieval for one key. Exactly one of the last four methods ends it. The caller keeps
 * ownership of buffers.
 */
public interface KeyTarget {

    /** A piece of the VALUE line and the value. */
    void bytes(ByteBuf in, int index, int length);

    /** The value is complete. */
    void hit();

    void miss();

    /** A server replied with this error line. */
    void refused(ByteBuf in, int index, int length);

    /** No reply arrived, or it broke off. */
    void failed(ServerFailure failure);
}
