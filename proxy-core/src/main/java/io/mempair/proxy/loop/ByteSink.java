package io.mempair.proxy.loop;

import io.netty.buffer.ByteBuf;

/** Takes bytes in order. */
public interface ByteSink {

    /** Takes {@code [index, index + length)} of {@code source}, which stays the caller's. */
    void bytes(ByteBuf source, int index, int length);
}
