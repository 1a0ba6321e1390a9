package io.mempair.proxy.warmup;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;

/**
 * A TCP port of 127.0.0.1 that the kernel gives to nobody else until this is closed: to listen on later, any number of
 * times. Immutable; any thread.
 *
 * <p>A port that was only found free is soon given to the next who asks for any port, or to an outgoing connection. This one
 * stays bound without listening; a listener with {@code SO_REUSEADDR}, which is what servers set, may bind to it beside that
 * (socket(7)), and as long as none does, connections to it are refused.
 */
public final class ReservedPort implements AutoCloseable {

    private final Socket holder = new Socket();

    /** @throws IOException if no port is free */
    public ReservedPort() throws IOException {
        try {
            holder.setReuseAddress(true);
            holder.bind(new InetSocketAddress(loopback(), 0));
        } catch (IOException e) {
            holder.close();
            throw e;
        }
    }

    /** 127.0.0.1, whatever the JVM prefers. */
    static InetAddress loopback() throws IOException {
        return InetAddress.getByAddress(new byte[] {127, 0, 0, 1});
    }

    public int number() {
        return holder.getLocalPort();
    }

    /** Releases the port; call it when no listener will use it any more. */
    @Override
    public void close() throws IOException {
        holder.close();
    }
}
