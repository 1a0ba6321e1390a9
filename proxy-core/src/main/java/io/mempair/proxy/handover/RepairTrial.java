package io.mempair.proxy.handover;

import io.netty.channel.Channel;
import io.netty.channel.ChannelException;
import org.jspecify.annotations.Nullable;

/** Whether this process may put sockets into repair mode, tried on one. */
public final class RepairTrial {

    private RepairTrial() {}

    /**
     * Why not, with a remedy; null if it may.
     *
     * @param channel  of epoll or io_uring, not registered; it is closed
     */
    public static @Nullable String problem(Channel channel) {
        try {
            new RepairedSocket(channel).prepare();
            return null;
        } catch (ChannelException e) {
            return "the kernel does not let this process repair connections: " + e.getMessage()
                    + " (expected: CAP_NET_ADMIN in the user namespace that owns the network namespace, and Linux 4.19"
                    + " or newer)";
        } finally {
            channel.unsafe().closeForcibly();
        }
    }
}
