package io.mempair.proxy.server;

import io.netty.channel.AdaptiveRecvByteBufAllocator;
import io.netty.channel.RecvByteBufAllocator;

/**
 * How much is read at once. Buffers adapt to what a connection sends: small for a client that sends a get at a
 * time, large for values, where bytes per read decide what a request costs.
 */
final class ReceiveBuffers {

    private static final int MIN_BYTES = 512;
    private static final int FIRST_BYTES = 2_048;
    private static final int MAX_BYTES = 128 * 1_024;
    private static final int SERVER_FIRST_BYTES = 16 * 1_024;

    private ReceiveBuffers() {}

    static RecvByteBufAllocator forClients() {
        return new AdaptiveRecvByteBufAllocator(MIN_BYTES, FIRST_BYTES, MAX_BYTES);
    }

    static RecvByteBufAllocator forServers() {
        return new AdaptiveRecvByteBufAllocator(MIN_BYTES, SERVER_FIRST_BYTES, MAX_BYTES);
    }
}
