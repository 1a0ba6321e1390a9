package io.mempair.proxy.handover;

import io.netty.channel.Channel;
import java.nio.ByteBuffer;

/**
 * Fields of {@code struct tcp_info}, linux/tcp.h. Of a listener {@code unacked} is the number of connections that wait to be
 * accepted.
 */
public record TcpInfo(
        int state,
        int options,
        int scales,
        int sendMss,
        int unacked,
        int notSent,
        int retransmitted,
        long ackedBytes,
        long receivedBytes) {

    /** The state of a connection in use. */
    public static final int ESTABLISHED = 1;

    /**
     * Reads it.
     *
     * @throws io.netty.channel.ChannelException if the socket is closed
     */
    public static TcpInfo of(Channel channel) {
        ByteBuffer info = SocketOptions.raw(channel, SocketOptions.INFO);
        return new TcpInfo(
                info.get(0),
                info.get(5),
                info.get(6),
                info.getInt(16),
                info.getInt(24),
                info.getInt(144),
                info.getInt(100),
                info.getLong(120),
                info.getLong(128));
    }
}
