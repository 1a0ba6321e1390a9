package io.mempair.proxy.frontend;

import io.mempair.proxy.handover.ConnectionCopy;
import io.mempair.proxy.handover.NotMoved;
import io.mempair.proxy.handover.NotMovedException;
import io.mempair.proxy.handover.PendingInput;
import io.mempair.proxy.handover.RepairedSocket;
import io.mempair.proxy.handover.SendQueuePeek;
import io.mempair.proxy.handover.TcpInfo;
import io.mempair.proxy.handover.TcpNumbers;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelException;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.unix.UnixChannel;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;

/**
 * Takes the copy of one client's connection, behind the lock: no packet reaches it, none leaves it, and no request is in
 * flight. Confined to the client's loop.
 */
final class ClientMove {

    private static final byte[] NOTHING = {};

    /** Bytes that the kernel may count for a segment beyond its data. */
    private static final int SEGMENT_OVERHEAD_BYTES = 40;

    private static final int PEEK_SLACK_BYTES = 4_096;

    private final ClientConnection client;
    private final Channel channel;
    private final RepairedSocket socket;

    ClientMove(ClientConnection client, Channel channel) {
        this.client = client;
        this.channel = channel;
        this.socket = new RepairedSocket(channel);
    }

    /**
     * What the kernel says, once all that it received has come up here; null if it has not yet.
     *
     * @param addresses  connections to others stay
     * @throws NotMovedException if the connection cannot be moved
     */
    @Nullable
    TcpInfo look(Set<InetAddress> addresses) throws NotMovedException {
        if (!(channel instanceof SocketChannel)
                || !(channel instanceof UnixChannel)
                || !(channel.localAddress() instanceof InetSocketAddress local)
                || !addresses.contains(local.getAddress())) {
            throw new NotMovedException(NotMoved.OTHER_ADDRESS, "not to the virtual address");
        }
        if (channel.pipeline().get(ClientTls.class) != null) {
            throw new NotMovedException(NotMoved.TLS, "TLS");
        }
        if (!client.isWholeDuplex()) {
            throw new NotMovedException(NotMoved.HALF_CLOSED, "closing");
        }
        if (!client.handover().isQuiet()) {
            throw new NotMovedException(NotMoved.IN_FLIGHT, "a request is not answered");
        }
        TcpInfo info = TcpInfo.of(channel);
        if (info.state() != TcpInfo.ESTABLISHED) {
            throw new NotMovedException(NotMoved.HALF_CLOSED, "state " + info.state());
        }
        if ((info.options() & TcpNumbers.ECN) != 0) {
            throw new NotMovedException(NotMoved.ECN, "ECN");
        }
        return info.receivedBytes() == client.handover().receivedBytes() ? info : null;
    }

    /**
     * Enters repair mode and takes the copy. The future fails with {@link NotMovedException}, on any thread; then the socket may
     * be in repair mode, and {@link ClientCustody#takeBack} ends that.
     *
     * @param peek  reads what is not acknowledged, or null
     */
    CompletableFuture<ConnectionCopy> copy(TcpInfo info, @Nullable SendQueuePeek peek) {
        try {
            PendingInput said = client.handover().conversation();
            if (said.unread().length > PendingInput.MAX_UNREAD_BYTES) {
                throw new NotMovedException(NotMoved.UNREAD, said.unread().length + " bytes are not executed");
            }
            client.handover().entersRepair();
            socket.enter();
            if (info.unacked() == 0 && info.notSent() == 0) {
                return CompletableFuture.completedFuture(finish(info, said, NOTHING));
            }
            long bySegments = (info.unacked() + 2L) * (info.sendMss() + SEGMENT_OVERHEAD_BYTES) + info.notSent();
            long written = client.handover().writtenBytes() - info.ackedBytes();
            long most = Math.min(bySegments, written) + PEEK_SLACK_BYTES; // segments need not be full
            if (peek == null || most > ConnectionCopy.MAX_OUTPUT_BYTES) {
                String why = peek == null ? "io_uring does not work here" : "too many bytes";
                throw new NotMovedException(NotMoved.UNACKNOWLEDGED, why);
            }
            socket.chooseSendQueue();
            int descriptor = ((UnixChannel) channel).fd().intValue();
            return peek.read(descriptor, (int) most)
                    .thenApplyAsync(queue -> finishOrFail(info, said, queue), channel.eventLoop());
        } catch (NotMovedException e) {
            return CompletableFuture.failedFuture(e);
        } catch (ChannelException e) {
            return CompletableFuture.failedFuture(
                    new NotMovedException(NotMoved.KERNEL, String.valueOf(e.getMessage())));
        }
    }

    private ConnectionCopy finishOrFail(TcpInfo info, PendingInput said, byte[] queue) {
        try {
            return finish(info, said, queue);
        } catch (NotMovedException e) {
            throw new CompletionException(e);
        } catch (ChannelException e) {
            throw new CompletionException(new NotMovedException(NotMoved.KERNEL, String.valueOf(e.getMessage())));
        }
    }

    /** @param queue  the send queue of the kernel: sent and not acknowledged, then not sent */
    private ConnectionCopy finish(TcpInfo info, PendingInput said, byte[] queue) throws NotMovedException {
        TcpNumbers numbers = socket.numbers(info, queue.length);
        long unwritten = client.handover().writtenBytes() - info.ackedBytes() - queue.length;
        if (unwritten < 0 || unwritten + queue.length > ConnectionCopy.MAX_OUTPUT_BYTES) {
            throw new NotMovedException(NotMoved.UNACKNOWLEDGED, unwritten + " bytes are not written");
        }
        byte[] output = queue;
        if (unwritten > 0) {
            output = new byte[queue.length + (int) unwritten];
            System.arraycopy(queue, 0, output, 0, queue.length);
            readUnwritten(output, queue.length);
        }
        return new ConnectionCopy(
                (InetSocketAddress) channel.remoteAddress(),
                (InetSocketAddress) channel.localAddress(),
                numbers,
                said,
                output,
                queue.length - info.notSent());
    }

    /** The last bytes that Netty has: of a write that io_uring has not completed the kernel may have the first ones already. */
    private void readUnwritten(byte[] output, int from) throws NotMovedException {
        ChannelOutboundBuffer outbound = channel.unsafe().outboundBuffer();
        ByteBuf all = Unpooled.buffer();
        try {
            if (outbound != null) {
                outbound.forEachFlushedMessage(message -> {
                    if (message instanceof ByteBuf bytes) {
                        all.writeBytes(bytes, bytes.readerIndex(), bytes.readableBytes());
                    }
                    return true;
                });
            }
            int missing = output.length - from;
            if (all.readableBytes() < missing) {
                throw new NotMovedException(
                        NotMoved.UNACKNOWLEDGED, all.readableBytes() + " bytes of " + missing + " are there");
            }
            all.skipBytes(all.readableBytes() - missing);
            all.readBytes(output, from, missing);
        } catch (NotMovedException e) {
            throw e;
        } catch (Exception e) { // of forEachFlushedMessage
            throw new NotMovedException(NotMoved.UNACKNOWLEDGED, e.toString());
        }
    }
}
