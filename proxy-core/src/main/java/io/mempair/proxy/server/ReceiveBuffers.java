package io.mempair.proxy.server;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.AdaptiveRecvByteBufAllocator;
import io.netty.channel.RecvByteBufAllocator;
import io.netty.util.UncheckedBooleanSupplier;
import java.util.function.BooleanSupplier;

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

    /** @param scarce  whether memory is so short that clients get small buffers only */
    static RecvByteBufAllocator forClients(BooleanSupplier scarce) {
        var adaptive = new AdaptiveRecvByteBufAllocator(MIN_BYTES, FIRST_BYTES, MAX_BYTES);
        return () -> new Capped((RecvByteBufAllocator.ExtendedHandle) adaptive.newHandle(), scarce);
    }

    static RecvByteBufAllocator forServers() {
        return new AdaptiveRecvByteBufAllocator(MIN_BYTES, SERVER_FIRST_BYTES, MAX_BYTES);
    }

    /** Asks for small buffers while memory is short. */
    @SuppressWarnings("deprecation") // DelegatingHandle: of the interface this is about
    private static final class Capped extends RecvByteBufAllocator.DelegatingHandle
            implements RecvByteBufAllocator.ExtendedHandle {

        private final RecvByteBufAllocator.ExtendedHandle adaptive;
        private final BooleanSupplier scarce;

        Capped(RecvByteBufAllocator.ExtendedHandle adaptive, BooleanSupplier scarce) {
            super(adaptive);
            this.adaptive = adaptive;
            this.scarce = scarce;
        }

        @Override
        public int guess() {
            int guess = adaptive.guess();
            return guess > SCARCE_BYTES && scarce.getAsBoolean() ? SCARCE_BYTES : guess;
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
