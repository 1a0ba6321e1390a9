package io.mempair.proxy.loop;

import io.netty.buffer.ByteBuf;

/** Takes bytes in order. */
public interface ByteSink {

    /** Takes {@code [index, index + length)} of {@code source}; the caller keeps ownership. */
    void bytes(ByteBuf source, int index, int length);
}
