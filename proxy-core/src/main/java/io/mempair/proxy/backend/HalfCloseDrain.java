package io.mempair.proxy.backend;

import io.netty.channel.Channel;
import io.netty.channel.ChannelOption;
import io.netty.channel.socket.DuplexChannel;
import java.util.HashSet;
import java.util.Set;

/**
 * Connections that were given up although the server may still read from them: one that is stopped finds the last requests in
 * its socket when it goes on, and carries them out. What they write must be over before the journal is worked off, or it
 * would bring back what was overwritten since. So such a connection is only half closed: the server has read everything when
 * it closes the other half. Confined to its loop.
 */
final class HalfCloseDrain {

    private final ServerState state;
    private final Set<Channel> channels = new HashSet<>();

    HalfCloseDrain(ServerState state) {
        this.state = state;
    }

    /** Whether a channel can be given up in this way. */
    static boolean can(Channel channel) {
        return channel.isActive() && channel instanceof DuplexChannel;
    }

    /** Says the server that nothing more will come, and waits for it to say the same. */
    void begin(Channel channel) {
        channels.add(channel);
        state.lingers(1);
        channel.closeFuture().addListener(closed -> {
            channels.remove(channel);
            state.lingers(-1);
        });
        channel.config().setAutoRead(true);
        ((DuplexChannel) channel).shutdownOutput();
    }

    /** Gives them up with a reset: what the server has not received by now it never will. */
    void abort() {
        for (Channel channel : Set.copyOf(channels)) {
            channel.config().setOption(ChannelOption.SO_LINGER, 0);
            channel.close();
        }
    }
}
