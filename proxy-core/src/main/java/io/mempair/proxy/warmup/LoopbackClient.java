package io.mempair.proxy.warmup;

import io.mempair.proxy.config.ServerAddress;
import java.io.EOFException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** A client of the warmup proxy: blocking, one batch at a time. One thread. */
final class LoopbackClient implements AutoCloseable {

    /** Milliseconds; a busy machine answers sooner. */
    private static final int PATIENCE_MILLIS = 5_000;

    private static final int BUFFER_BYTES = 16 << 10;

    /** The longest ending, and what is kept of what was read to find it. */
    private static final int TAIL_BYTES = 64;

    private final Socket socket = new Socket();
    private final byte[] buffer = new byte[BUFFER_BYTES + TAIL_BYTES];

    LoopbackClient(ServerAddress proxy) throws IOException {
        try {
            socket.setTcpNoDelay(true);
            socket.setSoTimeout(PATIENCE_MILLIS);
            socket.connect(new InetSocketAddress(ReservedPort.loopback(), proxy.port()), PATIENCE_MILLIS);
        } catch (IOException e) {
            socket.close();
            throw e;
        }
    }

    void send(Batch batch) throws IOException {
        socket.getOutputStream().write(batch.bytes());
    }

    /**
     * Reads the answers to the batch that was sent.
     *
     * @throws IOException if they do not come, or the first of them is an error
     */
    void receive(Batch batch) throws IOException {
        byte[] ending = batch.ending();
        boolean first = true;
        int length = 0;
        while (length < ending.length
                || !Arrays.equals(buffer, length - ending.length, length, ending, 0, ending.length)) {
            if (length > TAIL_BYTES) {
                System.arraycopy(buffer, length - TAIL_BYTES, buffer, 0, TAIL_BYTES);
                length = TAIL_BYTES;
            }
            int read = socket.getInputStream().read(buffer, length, BUFFER_BYTES);
            if (read < 0) {
                throw new EOFException("the proxy closed before it answered");
            }
            length += read;
            if (first && startsWithError(length)) {
                throw new IOException("answered with an error");
            }
            first = false;
        }
    }

    private boolean startsWithError(int length) {
        String start = new String(buffer, 0, Math.min(length, TAIL_BYTES), StandardCharsets.US_ASCII);
        return start.contains("ERROR");
    }

    /** Closes with a reset, as a client does that is killed. */
    void abort() throws IOException {
        socket.setSoLinger(true, 0);
        socket.close();
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
