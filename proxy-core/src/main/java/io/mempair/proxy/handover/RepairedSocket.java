package io.mempair.proxy.handover;

import io.netty.channel.Channel;
import io.netty.channel.ChannelOption;
import io.netty.channel.unix.FileDescriptor;
import io.netty.channel.unix.UnixChannel;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * One socket in repair mode, at the source or at the target of a hand-over. While it is in repair mode, closing it sends
 * nothing, also if the process is killed. The order of the calls is the kernel's: {@link #enter} to {@link #numbers} at the
 * source; {@link #prepare}, {@link #number}, connect, {@link #complete}, {@link #leave} at the target. Confined to the
 * channel's loop; every method throws {@link io.netty.channel.ChannelException} if the kernel refuses.
 */
public final class RepairedSocket {

    /** Added to the clock of timestamps: it must not go back, whatever passes between reading and setting it. */
    private static final int CLOCK_AHEAD_MILLIS = 1_000;

    /** The kernel accepts no larger {@code TCP_MAXSEG} (MAX_TCP_WINDOW, net/tcp.h). */
    private static final int MAX_MAXSEG = 32_767;

    /** Bytes that a new send queue takes in any case. */
    private static final int SMALL_QUEUE_BYTES = 16_384;

    private final Channel channel;

    /** @param channel  of epoll or io_uring */
    public RepairedSocket(Channel channel) {
        this.channel = channel;
    }

    /** At the source: enters repair mode. */
    public void enter() {
        SocketOptions.set(channel, SocketOptions.REPAIR, SocketOptions.ON);
    }

    /**
     * At the source: the numbers.
     *
     * @param queuedBytes  bytes of the send queue, whose first one is not acknowledged
     */
    public TcpNumbers numbers(TcpInfo info, int queuedBytes) {
        int mss = SocketOptions.get(channel, SocketOptions.MAXSEG);
        int received = SocketOptions.sequence(channel, SocketOptions.RECEIVE_QUEUE);
        int written = SocketOptions.sequence(channel, SocketOptions.SEND_QUEUE);
        boolean clock = (info.options() & TcpNumbers.TIMESTAMPS) != 0;
        int timestamp = clock ? SocketOptions.get(channel, SocketOptions.TIMESTAMP) : 0;
        byte[] window = new byte[TcpNumbers.WINDOW_BYTES];
        SocketOptions.raw(channel, SocketOptions.REPAIR_WINDOW).get(window);
        return new TcpNumbers(info.options(), info.scales(), mss, received, written - queuedBytes, timestamp, window);
    }

    /** At the source: chooses the send queue, which a peek then reads. */
    public void chooseSendQueue() {
        SocketOptions.set(channel, SocketOptions.REPAIR_QUEUE, SocketOptions.SEND_QUEUE);
    }

    /** At the source: serves again. The probe has the client say what it got meanwhile. */
    public void takeBack() {
        SocketOptions.set(channel, SocketOptions.REPAIR, SocketOptions.OFF);
        SocketOptions.set(channel, SocketOptions.REUSEADDR, 1); // repair mode clears it
    }

    /** At the source: it may send from the address when this host does not have it any more. */
    public void useAbsentAddress() {
        SocketOptions.set(channel, SocketOptions.TRANSPARENT, 1);
    }

    /** At the target, before the channel is bound: it may use an address that this host does not have. */
    public void prepare() {
        SocketOptions.set(
                channel, SocketOptions.REPAIR, SocketOptions.ON); // first: it allows the port to be used again
        SocketOptions.set(channel, SocketOptions.TRANSPARENT, 1);
    }

    /** After {@link #prepare} only: leaves repair mode as {@link #leave} does, which kernels before 4.19 refuse. */
    void leaveUnused() {
        SocketOptions.set(channel, SocketOptions.REPAIR, SocketOptions.OFF_SILENTLY);
    }

    /** At the target, before the connect, which sends nothing then. */
    public void number(TcpNumbers numbers) {
        SocketOptions.sequence(channel, SocketOptions.RECEIVE_QUEUE, numbers.received());
        SocketOptions.sequence(channel, SocketOptions.SEND_QUEUE, numbers.sent());
        // connect computes with it; the option set after the connect is too late for that
        SocketOptions.set(channel, SocketOptions.MAXSEG, Math.min(numbers.mss(), MAX_MAXSEG));
    }

    /**
     * At the target, after the connect: what the handshake agreed, the clock, and the bytes that had left the source. Those
     * must count as sent: the kernel does not accept an acknowledgement of what a socket has not sent.
     *
     * @throws IOException if the send queue does not take these bytes
     */
    public void complete(ConnectionCopy copy) throws IOException {
        TcpNumbers numbers = copy.numbers();
        SocketOptions.agreed(channel, numbers);
        if (numbers.has(TcpNumbers.TIMESTAMPS)) {
            SocketOptions.set(channel, SocketOptions.TIMESTAMP, numbers.timestamp() + CLOCK_AHEAD_MILLIS);
        }
        refill(copy.output(), copy.sentBytes());
        channel.config()
                .setOption(
                        SocketOptions.REPAIR_WINDOW,
                        ByteBuffer.wrap(numbers.window()).order(ByteOrder.nativeOrder()));
    }

    private void refill(byte[] output, int sentBytes) throws IOException {
        if (sentBytes == 0) {
            return;
        }
        if (sentBytes > SMALL_QUEUE_BYTES) {
            SocketOptions.set(channel, SocketOptions.SNDBUFFORCE, 2 * sentBytes);
            SocketOptions.set(channel, SocketOptions.BUF_LOCK, 0); // it may grow by itself again
        }
        chooseSendQueue();
        FileDescriptor socket = ((UnixChannel) channel).fd();
        ByteBuffer bytes = ByteBuffer.allocateDirect(sentBytes).put(output, 0, sentBytes);
        for (int done = 0; done < sentBytes; ) {
            int written = socket.write(bytes, done, sentBytes);
            if (written <= 0) {
                throw new IOException("the send queue takes only " + done + " of " + sentBytes + " bytes");
            }
            done += written;
        }
    }

    /**
     * At the target: a socket like any other from now on, which may still use the address without having it.
     *
     * @param probes  whether it sends a packet that the client acknowledges. Needed where the client may have acknowledged to nobody
     *                what was sent to it
     */
    public void leave(boolean probes) {
        SocketOptions.set(channel, SocketOptions.REPAIR, probes ? SocketOptions.OFF : SocketOptions.OFF_SILENTLY);
        SocketOptions.set(channel, SocketOptions.REUSEADDR, 1); // repair mode clears it
        channel.config().setOption(ChannelOption.TCP_NODELAY, true);
        channel.config().setOption(ChannelOption.SO_KEEPALIVE, true);
    }

    /** At the target: how many segments it has sent again since it was made. */
    public int retransmitted() {
        return TcpInfo.of(channel).retransmitted();
    }

    /**
     * At the target, once this host has the address. Otherwise the socket could send from it after the next move, too: with a
     * clock ahead of the next host's, so that the client would drop what that one sends.
     */
    public void settle() {
        SocketOptions.set(channel, SocketOptions.TRANSPARENT, 0);
    }
}
