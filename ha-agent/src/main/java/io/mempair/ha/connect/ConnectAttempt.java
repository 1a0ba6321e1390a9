package io.mempair.ha.connect;

import io.mempair.ha.time.Clock;
import io.mempair.proxy.config.Refusal;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.time.Duration;

/**
 * One attempt to open a TCP connection, and how it ended.
 *
 * <p>Nothing here reads the text of an exception: the C library writes it in the operator's language. Java throws
 * {@link ConnectException} for two answers of the kernel, {@code ECONNREFUSED} and {@code ETIMEDOUT} (OpenJDK, {@code
 * Net.c}, {@code handleSocketError}), and time tells them apart: the kernel repeats its first SYN after a second (RFC 6298,
 * 2.1), and gives up only after at least one repetition. A failure that took less is a refusal.
 */
public final class ConnectAttempt {

    /** How it ended. */
    public enum ConnectOutcome {
        /** The other end accepted. */
        ACCEPTED,
        /** The other host lives, and no process listens there. */
        REFUSED,
        /** No answer, or none that says anything of that host. */
        UNKNOWN
    }

    /** Nanoseconds; less than the kernel waits before it gives up by itself. */
    private static final long KERNEL_PATIENCE_NANOS = 900_000_000L;

    private ConnectAttempt() {}

    /** Connects {@code socket}, which the caller made and closes; blocks for at most {@code limit}. */
    public static ConnectOutcome connect(Socket socket, InetSocketAddress address, Duration limit, Clock clock) {
        long begunNanos = clock.nanoTime();
        try {
            socket.connect(address, (int) Math.max(1, limit.toMillis()));
            return ConnectOutcome.ACCEPTED;
        } catch (IOException e) {
            return isRefusal(e, clock.nanoTime() - begunNanos) ? ConnectOutcome.REFUSED : ConnectOutcome.UNKNOWN;
        }
    }

    /**
     * Whether a connection was refused.
     *
     * @param failure    what the attempt failed with
     * @param tookNanos  from before the attempt until after its failure
     */
    public static boolean isRefusal(Throwable failure, long tookNanos) {
        return Refusal.is(failure) && tookNanos < KERNEL_PATIENCE_NANOS;
    }
}
