package io.mempair.proxy.loop;

import io.netty.channel.ChannelException;
import io.netty.handler.codec.CodecException;
import org.jspecify.annotations.Nullable;

/**
 * Distinguishes internal errors from failures of a peer or the network: internal errors must be logged. Errors of the
 * JVM are worse: without memory nothing is reliable, so they must end the process.
 */
public final class Defects {

    /** Depth of causes examined; a chain can be cyclic. */
    private static final int MAX_CAUSES = 16;

    private Defects() {}

    /**
     * Whether the process must end: out of heap or direct memory (Netty throws its own error, which the JVM's
     * {@code ExitOnOutOfMemoryError} does not see), or another JVM error. Any thread.
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

    /** Whether an exception of a channel or a task is an internal error. Any thread. */
    public static boolean isOne(Throwable cause) {
        boolean fromOutside = cause instanceof ChannelException || cause instanceof CodecException;
        return cause instanceof Error || (cause instanceof RuntimeException && !fromOutside);
    }
}
