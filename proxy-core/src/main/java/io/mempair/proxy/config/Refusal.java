package io.mempair.proxy.config;

import io.netty.channel.ConnectTimeoutException;
import java.net.ConnectException;
import java.util.OptionalInt;

/**
 * Whether nobody listens where a connection was tried: the other host lives and says so. Any transport, any language of the host.
 * Pure.
 */
public final class Refusal {

    /** ECONNREFUSED of errno(3) on Linux. */
    static final int ERRNO = 111;

    private Refusal() {}

    /**
     * The native transports throw {@link ConnectException} for whatever the kernel answers, also when this host's firewall forbids
     * the connection or its ports are used up; only their number tells. The JDK throws it for a refusal, and for a kernel that gave
     * up after minutes, which no connection of ours waits for.
     */
    public static boolean is(Throwable failure) {
        if (!(failure instanceof ConnectException) || failure instanceof ConnectTimeoutException) {
            return false;
        }
        OptionalInt errno = FailureText.errno(failure);
        return errno.isEmpty() || errno.getAsInt() == ERRNO;
    }
}
