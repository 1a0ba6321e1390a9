package io.mempair.proxy.handover;

import java.net.InetSocketAddress;

/**
 * A client's connection, so that another node can go on with it: the client notices nothing.
 *
 * @param client        the client's end
 * @param local         our end, on the virtual address
 * @param numbers       TCP's
 * @param conversation  what the protocol has of it
 * @param output        bytes for the client that it has not acknowledged, from {@link TcpNumbers#sent} on
 * @param sentBytes     how many of these, from the first, have left this host already
 */
@SuppressWarnings("ArrayRecordComponent") // compared by nobody but tests
public record ConnectionCopy(
        InetSocketAddress client,
        InetSocketAddress local,
        TcpNumbers numbers,
        PendingInput conversation,
        byte[] output,
        int sentBytes) {

    /** Most bytes of {@code output}; a client with more is not moved. */
    public static final int MAX_OUTPUT_BYTES = 2 << 20;

    /** Roughly the bytes it takes. */
    public long bytes() {
        return 256L + output.length + conversation.unread().length;
    }

    public ConnectionCopy {
        if (sentBytes < 0 || sentBytes > output.length) {
            throw new IllegalArgumentException(sentBytes + " bytes sent of " + output.length);
        }
    }
}
