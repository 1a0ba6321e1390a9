package io.mempair.proxy.loop;

import io.netty.channel.ChannelException;
import io.netty.handler.codec.CodecException;
import org.jspecify.annotations.Nullable;

/**
 * Tells a fault in our own code from what a peer or the network does: it must be seen, whatever it leads to. One of the
 * JVM's own is more: without memory nothing can be relied on any more, so it must end the process.
 */
public final class Defects {

    /** Causes looked at; a chain can be a circle. */
    private static final int MAX_CAUSES = 16;

    private Defects() {}

    /**
     * Whether the process must end: no memory, of the heap or beside it (Netty throws its own error, which the JVM's
     * {@code ExitOnOutOfMemoryError} does not see), or another failure of the JVM. Any thread.
     */
    public static boolean endsProcess(@Nullable Throwable thrown) {
        Throwable cause = thrown;
        for (int i = 0; i < MAX_CAUSES && cause != null; i++) {
            if (cause instanceof VirtualMachineError) {
                return true;
            }
            cause = cause.getCause();
        }
        return false;
    }

    /** Whether what a channel or a task threw is a fault in our own code. Any thread. */
    public static boolean isOne(Throwable cause) {
        boolean fromOutside = cause instanceof ChannelException || cause instanceof CodecException;
        return cause instanceof Error || (cause instanceof RuntimeException && !fromOutside);
    }
}
