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
            RepairedSocket socket = new RepairedSocket(channel);
            socket.prepare();
            socket.leaveUnused();
            return null;
        } catch (ChannelException e) {
            return problem(String.valueOf(e.getMessage()));
        } finally {
            channel.unsafe().closeForcibly();
        }
    }

    /** @param error  of the system call, as Netty words it */
    static String problem(String error) {
        String refused = "the kernel does not let this process repair connections: " + error;
        if (error.contains("not permitted")) {
            return refused
                    + " (expected: CAP_NET_ADMIN in the user namespace that owns the network namespace; the unit of"
                    + " the package has it, and a container needs --cap-add NET_ADMIN and a network of its own or the"
                    + " host's without a user namespace)";
        }
        return refused + " (expected: Linux 4.19 or newer)";
    }
}
