package io.mempair.proxy.handover;

import io.netty.channel.Channel;
import io.netty.channel.unix.IntegerUnixChannelOption;
import io.netty.channel.unix.RawUnixChannelOption;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Options of the kernel that Netty has no names for, by its public option types. Numbers: linux/tcp.h, linux/in.h, asm/socket.h. */
final class SocketOptions {

    static final IntegerUnixChannelOption REPAIR = tcp("TCP_REPAIR", 19);
    static final IntegerUnixChannelOption REPAIR_QUEUE = tcp("TCP_REPAIR_QUEUE", 20);
    static final IntegerUnixChannelOption QUEUE_SEQ = tcp("TCP_QUEUE_SEQ", 21);
    static final IntegerUnixChannelOption TIMESTAMP = tcp("TCP_TIMESTAMP", 24);
    static final IntegerUnixChannelOption MAXSEG = tcp("TCP_MAXSEG", 2);
    static final IntegerUnixChannelOption TRANSPARENT = new IntegerUnixChannelOption("IP_TRANSPARENT", 0, 19);
    static final IntegerUnixChannelOption REUSEADDR = new IntegerUnixChannelOption("SO_REUSEADDR", 1, 2);
    static final IntegerUnixChannelOption SNDBUFFORCE = new IntegerUnixChannelOption("SO_SNDBUFFORCE", 1, 32);
    static final IntegerUnixChannelOption BUF_LOCK = new IntegerUnixChannelOption("SO_BUF_LOCK", 1, 72);
    static final RawUnixChannelOption REPAIR_WINDOW =
            new RawUnixChannelOption("TCP_REPAIR_WINDOW", 6, 29, TcpNumbers.WINDOW_BYTES);
    static final RawUnixChannelOption INFO = new RawUnixChannelOption("TCP_INFO", 6, 11, 152);

    /** Values of {@link #REPAIR}. Leaving it with {@link #OFF} sends a window probe; silently since Linux 4.19. */
    static final int ON = 1;

    static final int OFF = 0;
    static final int OFF_SILENTLY = -1;

    /** Values of {@link #REPAIR_QUEUE}. */
    static final int RECEIVE_QUEUE = 1;

    static final int SEND_QUEUE = 2;

    /** Kinds of TCP options, RFC 9293 and 7323, as {@code TCP_REPAIR_OPTIONS} takes them. */
    private static final int OPTION_MSS = 2;

    private static final int OPTION_SCALE = 3;
    private static final int OPTION_SACK = 4;
    private static final int OPTION_TIMESTAMPS = 8;
    private static final int OPTION_BYTES = 8;
    private static final int MAX_OPTIONS = 4;

    /** One for each number of options, because the length of a {@link RawUnixChannelOption} is fixed. */
    private static final RawUnixChannelOption[] REPAIR_OPTIONS = new RawUnixChannelOption[MAX_OPTIONS + 1];

    static {
        for (int n = 1; n <= MAX_OPTIONS; n++) {
            REPAIR_OPTIONS[n] = new RawUnixChannelOption("TCP_REPAIR_OPTIONS_" + n, 6, 22, OPTION_BYTES * n);
        }
    }

    private SocketOptions() {}

    private static IntegerUnixChannelOption tcp(String name, int number) {
        return new IntegerUnixChannelOption(name, 6, number);
    }

    static void set(Channel channel, IntegerUnixChannelOption option, int value) {
        channel.config().setOption(option, value);
    }

    static int get(Channel channel, IntegerUnixChannelOption option) {
        return channel.config().getOption(option);
    }

    static ByteBuffer raw(Channel channel, RawUnixChannelOption option) {
        return channel.config().getOption(option).order(ByteOrder.nativeOrder());
    }

    static int sequence(Channel channel, int queue) {
        set(channel, REPAIR_QUEUE, queue);
        return get(channel, QUEUE_SEQ);
    }

    static void sequence(Channel channel, int queue, int value) {
        set(channel, REPAIR_QUEUE, queue);
        set(channel, QUEUE_SEQ, value);
    }

    /** Sets what the handshake agreed. */
    static void agreed(Channel channel, TcpNumbers numbers) {
        ByteBuffer options = ByteBuffer.allocate(MAX_OPTIONS * OPTION_BYTES).order(ByteOrder.nativeOrder());
        if (numbers.has(TcpNumbers.SACK)) {
            options.putInt(OPTION_SACK).putInt(0);
        }
        if (numbers.has(TcpNumbers.SCALE)) {
            options.putInt(OPTION_SCALE).putInt((numbers.scales() & 15) | ((numbers.scales() >> 4 & 15) << 16));
        }
        if (numbers.has(TcpNumbers.TIMESTAMPS)) {
            options.putInt(OPTION_TIMESTAMPS).putInt(0);
        }
        options.putInt(OPTION_MSS).putInt(numbers.mss());
        RawUnixChannelOption sized = REPAIR_OPTIONS[options.position() / OPTION_BYTES];
        channel.config().setOption(sized, options.flip());
    }
}
