package io.mempair.ha.group.wire;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.time.Duration;

/**
 * A connection of its own to another node, beside the channel of JGroups: through the same port, under the same proof of
 * identity. Reads and writes block; one thread reads, one writes, any thread closes.
 */
public final class PeerStream implements AutoCloseable {

    private final Socket socket;
    private final InputStream in;
    private final OutputStream out;

    PeerStream(Socket socket, InputStream in, OutputStream out) {
        this.socket = socket;
        this.in = in;
        this.out = out;
    }

    /** What the other node sends. */
    public InputStream in() {
        return in;
    }

    /** What the other node gets; nothing is buffered. */
    public OutputStream out() {
        return out;
    }

    /** A read that waits longer throws {@link SocketTimeoutException}. */
    public void readLimit(Duration limit) throws IOException {
        socket.setSoTimeout((int) limit.toMillis());
    }

    @Override
    public void close() {
        try {
            socket.close();
        } catch (IOException e) {
            return; // nobody can use it now
        }
    }
}
