package io.mempair.proxy.handover;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.channel.IoEvent;
import io.netty.channel.IoEventLoop;
import io.netty.channel.IoRegistration;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.unix.Buffer;
import io.netty.channel.uring.IoUring;
import io.netty.channel.uring.IoUringIoEvent;
import io.netty.channel.uring.IoUringIoHandle;
import io.netty.channel.uring.IoUringIoHandler;
import io.netty.channel.uring.IoUringIoOps;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Reads send queues of sockets in repair mode: {@code recv} with {@code MSG_PEEK}. No method of Netty or of the JDK has
 * flags for it; a request of io_uring has, and takes the socket of any transport. So it has a loop of io_uring of its own,
 * for the length of a hand-over. Any thread.
 */
public final class SendQueuePeek implements AutoCloseable {

    private static final byte IORING_OP_RECV = 27; // linux/io_uring.h
    private static final int MSG_PEEK = 2;
    private static final int MSG_DONTWAIT = 0x40;

    /** Requests are told apart by a number of 15 bits. */
    private static final int MAX_WAITING = 30_000;

    private static final long CLOSE_MILLIS = 500;

    private final MultiThreadIoEventLoopGroup group;
    private final IoEventLoop loop;
    private final Peeks peeks = new Peeks();

    private SendQueuePeek(MultiThreadIoEventLoopGroup group) {
        this.group = group;
        this.loop = group.next();
        loop.register(peeks).addListener(registered -> {
            if (registered.isSuccess()) {
                peeks.registration = (IoRegistration) registered.getNow();
            }
        });
    }

    /** Opens one, or returns null where io_uring does not work: then what is not acknowledged cannot be moved. */
    public static @Nullable SendQueuePeek open() {
        if (!IoUring.isAvailable()) {
            return null;
        }
        try {
            return new SendQueuePeek(new MultiThreadIoEventLoopGroup(
                    1, new DefaultThreadFactory("mempair-peek", true), IoUringIoHandler.newFactory()));
        } catch (IllegalStateException refused) { // no memory, or no right, for one more ring
            return null;
        }
    }

    /**
     * The bytes of a send queue, at most {@code mostBytes}. Fails with {@link NotMovedException} if they cannot be read.
     *
     * @param socket  its descriptor, in repair mode with that queue chosen
     */
    public CompletableFuture<byte[]> read(int socket, int mostBytes) {
        CompletableFuture<byte[]> result = new CompletableFuture<>();
        loop.execute(() -> peeks.submit(socket, mostBytes, result));
        return result;
    }

    @Override
    public void close() {
        group.shutdownGracefully(0, CLOSE_MILLIS, TimeUnit.MILLISECONDS);
    }

    private record PeekRequest(ByteBuf into, CompletableFuture<byte[]> result) {}

    /** The requests under way; confined to the loop. */
    private static final class Peeks implements IoUringIoHandle {

        private final Map<Long, PeekRequest> waiting = new HashMap<>();
        private @Nullable IoRegistration registration;
        private long last;

        void submit(int socket, int mostBytes, CompletableFuture<byte[]> result) {
            IoRegistration ring = registration;
            if (ring == null || waiting.size() >= MAX_WAITING) {
                result.completeExceptionally(
                        new NotMovedException(NotMoved.UNACKNOWLEDGED, "io_uring takes no request"));
                return;
            }
            ByteBuf into = PooledByteBufAllocator.DEFAULT.directBuffer(mostBytes);
            ByteBuffer nio = into.internalNioBuffer(0, mostBytes); // the buffer itself may have no address
            long address = Buffer.memoryAddress(nio) + nio.position();
            do {
                last = last % MAX_WAITING + 1;
            } while (waiting.containsKey(last));
            waiting.put(last, new PeekRequest(into, result));
            ring.submit(new IoUringIoOps(
                    IORING_OP_RECV,
                    (byte) 0,
                    (short) 0,
                    socket,
                    0L,
                    address,
                    mostBytes,
                    MSG_PEEK | MSG_DONTWAIT,
                    last,
                    (short) 0,
                    (short) 0,
                    0,
                    0L));
        }

        @Override
        public void handle(IoRegistration of, IoEvent event) {
            IoUringIoEvent done = (IoUringIoEvent) event;
            PeekRequest one = waiting.remove(done.userData());
            if (one == null) {
                return;
            }
            int count = done.res();
            byte[] bytes = new byte[Math.max(0, count)];
            one.into().getBytes(0, bytes);
            one.into().release();
            if (count >= 0) {
                one.result().complete(bytes);
            } else {
                one.result()
                        .completeExceptionally(new NotMovedException(
                                NotMoved.UNACKNOWLEDGED, "recv of the send queue: errno " + -count));
            }
        }

        /** The loop ends: nobody is answered any more. */
        @Override
        public void close() {
            waiting.values().forEach(one -> {
                one.into().release();
                one.result()
                        .completeExceptionally(new NotMovedException(NotMoved.UNACKNOWLEDGED, "the ring is closed"));
            });
            waiting.clear();
        }
    }
}
