package io.mempair.proxy.loop;

import io.netty.channel.ChannelException;
import io.netty.handler.codec.CodecException;

/** Tells a fault in our own code from what a peer or the network does: it must be seen, whatever it leads to. */
public final class Defects {

    private Defects() {}

    /** Whether what a channel or a task threw is a fault in our own code. Any thread. */
    public static boolean isOne(Throwable cause) {
        boolean fromOutside = cause instanceof ChannelException || cause instanceof CodecException;
        return cause instanceof Error || (cause instanceof RuntimeException && !fromOutside);
    }
}
