package io.mempair.proxy.server;

import io.mempair.proxy.config.MemoryPlan;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.AdaptiveRecvByteBufAllocator;
import io.netty.channel.RecvByteBufAllocator;
import io.netty.util.UncheckedBooleanSupplier;
import java.util.function.BooleanSupplier;
import java.util.function.IntSupplier;

/**
 * The sizes of read buffers. Buffers adapt to the input of a connection: small for single gets, large for values, where
 * the bytes per read determine the cost.
 */
final class ReceiveBuffers {

    private static final int MIN_BYTES = 512;
    private static final int FIRST_BYTES = 2_048;
    private static final int MAX_BYTES = 128 * 1_024;
    private static final int SCARCE_BYTES = 4_096;
    private static final int SERVER_FIRST_BYTES = 16 * 1_024;

    private ReceiveBuffers() {}

    /** @param most  most bytes of a client's buffer at this moment */
    static RecvByteBufAllocator forClients(IntSupplier most) {
        return capped(FIRST_BYTES, most);
    }

    /** @param most  most bytes of the buffer of a server connection at this moment */
    static RecvByteBufAllocator forServers(IntSupplier most) {
        return capped(SERVER_FIRST_BYTES, most);
    }

    private static RecvByteBufAllocator capped(int firstBytes, IntSupplier most) {
        var adaptive = new AdaptiveRecvByteBufAllocator(MIN_BYTES, firstBytes, MAX_BYTES);
        return () -> new Capped((RecvByteBufAllocator.ExtendedHandle) adaptive.newHandle(), most);
    }

    /**
     * The most bytes of a client's buffer.
     *
     * @param scarce      whether memory is so short that clients get small buffers only
     * @param clients     their number
     * @param whileIdle   whether a client has a buffer while it sends nothing
     */
    static IntSupplier mostOfClients(BooleanSupplier scarce, IntSupplier clients, boolean whileIdle) {
        return () -> {
            int most = scarce.getAsBoolean() ? SCARCE_BYTES : MAX_BYTES;
            return whileIdle ? Math.min(most, MemoryPlan.receiveBytesOfClient(clients.getAsInt())) : most;
        };
    }

    /**
     * The most bytes of a server's buffer: what a turn may read for clients must fit the reserve while memory is short.
     *
     * @param scarce  whether it is
     */
    static IntSupplier mostOfServers(BooleanSupplier scarce) {
        return () -> scarce.getAsBoolean() ? SERVER_FIRST_BYTES : MAX_BYTES;
    }

    /** Asks for smaller buffers than it would, if they are to be smaller. */
    @SuppressWarnings("deprecation") // DelegatingHandle: of the interface this is about
    private static final class Capped extends RecvByteBufAllocator.DelegatingHandle
            implements RecvByteBufAllocator.ExtendedHandle {

        private final RecvByteBufAllocator.ExtendedHandle adaptive;
        private final IntSupplier most;

        Capped(RecvByteBufAllocator.ExtendedHandle adaptive, IntSupplier most) {
            super(adaptive);
            this.adaptive = adaptive;
            this.most = most;
        }

        @Override
        public int guess() {
            int guess = adaptive.guess();
            return guess <= MIN_BYTES ? guess : Math.max(MIN_BYTES, Math.min(guess, most.getAsInt()));
        }

        @Override
        public ByteBuf allocate(ByteBufAllocator allocator) {
            return allocator.ioBuffer(guess());
        }

        @Override
        public boolean continueReading(UncheckedBooleanSupplier maybeMore) {
            return adaptive.continueReading(maybeMore);
        }
    }
}
