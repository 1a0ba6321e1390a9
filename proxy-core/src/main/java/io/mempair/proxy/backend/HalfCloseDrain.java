package io.mempair.proxy.backend;

import io.netty.channel.Channel;
import io.netty.channel.ChannelOption;
import io.netty.channel.socket.DuplexChannel;
import java.util.HashSet;
import java.util.Set;

/**
 * Drains connections that the proxy has dropped but the server may still read from. A stopped server finds the last
 * requests in its socket when it continues, and executes them. Those writes must be over before the journal is
 * replayed, or they would restore outdated values. So the connection is only half closed: when the server closes its
 * half, it has read everything. Confined to its loop.
 */
final class HalfCloseDrain {

    private final ServerState state;
    private final Set<Channel> channels = new HashSet<>();

    HalfCloseDrain(ServerState state) {
        this.state = state;
    }

    /** Whether a channel can be half closed. */
    static boolean can(Channel channel) {
        return channel.isActive() && channel instanceof DuplexChannel;
    }

    /** Closes the proxy's half and waits until the server closes its own. */
    void begin(Channel channel) {
        channels.add(channel);
        state.traffic().drainingChanged(1);
        channel.closeFuture().addListener(closed -> {
            channels.remove(channel);
            state.traffic().drainingChanged(-1);
        });
        channel.config().setAutoRead(true);
        ((DuplexChannel) channel).shutdownOutput();
    }

    /** Resets the connections: the server never receives what it has not received by now. */
    void abort() {
        for (Channel channel : Set.copyOf(channels)) {
            channel.config().setOption(ChannelOption.SO_LINGER, 0);
            channel.close();
        }
    }
}
