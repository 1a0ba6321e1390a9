package io.mempair.ha.group.wire;

import io.mempair.ha.time.Clock;
import java.io.FilterInputStream;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PushbackInputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketAddress;
import java.net.SocketException;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * One connection of the channel. To JGroups it looks like a plain socket; its streams are those of the TLS connection on top of
 * it. Closing never waits: it sends no word of goodbye, because a word to a peer that is stuck would.
 *
 * <p>A handshake and a write have a deadline; {@link #closeIfLate} is called by a timer and ends what is beyond it, because a
 * blocking write has no timeout of its own.
 */
final class WireSocket extends Socket {

    /** What sockets need of the channel. Any thread. */
    interface SocketOwner {

        /** How connections prove who they are; null when they do not. */
        @Nullable
        Handshake handshake();

        /** Whether the last attempt to connect there failed a moment ago. */
        boolean failedJustNow(InetSocketAddress peer);

        /**
         * A connection to a peer could not be made.
         *
         * @param reached  whether it was there, and then could not be secured
         */
        void failed(InetSocketAddress peer, boolean reached, IOException why);

        /** A connection to a peer was made, and secured. */
        void connected(InetSocketAddress peer);

        /** A connection that was in use ended, at whichever end; once for each. */
        void lost(InetSocketAddress peer);

        void closed(WireSocket socket);
    }

    /** Both ends may be short of processor time. */
    static final Duration HANDSHAKE_LIMIT = Duration.ofMillis(1_500);

    static final String LATE = "it does not finish the handshake within " + HANDSHAKE_LIMIT.toMillis() + " ms";

    private static final Duration WRITE_LIMIT = Duration.ofSeconds(2);

    private final SocketOwner owner;
    private final Clock clock;
    private volatile @Nullable InputStream in;
    private volatile @Nullable OutputStream out;
    private volatile long deadlineNanos;
    private volatile boolean busy;
    private volatile boolean late;
    private final AtomicBoolean ended = new AtomicBoolean();

    WireSocket(SocketOwner owner, Clock clock) {
        this.owner = owner;
        this.clock = clock;
    }

    @Override
    public void connect(SocketAddress endpoint, int timeoutMillis) throws IOException {
        InetSocketAddress peer = (InetSocketAddress) endpoint;
        if (owner.failedJustNow(peer)) {
            // everybody who waited for the attempt that failed would else wait for one more, each after the other
            throw new SocketException("connecting to " + peer + " failed a moment ago");
        }
        boolean reached = false;
        try {
            super.connect(endpoint, timeoutMillis);
            reached = true;
            Handshake handshake = owner.handshake();
            begin(HANDSHAKE_LIMIT);
            if (handshake == null) {
                use(super.getInputStream(), super.getOutputStream());
            } else {
                Socket tls = handshake.connected(this);
                use(tls.getInputStream(), tls.getOutputStream());
            }
            end();
            owner.connected(peer);
        } catch (IOException e) {
            IOException told = late ? new SocketException(LATE) : e;
            close();
            owner.failed(peer, reached, told);
            throw told;
        }
    }

    /** Whether {@link #closeIfLate} closed it. */
    boolean isLate() {
        return late;
    }

    /** Makes an accepted connection ready; what was read from {@code input} is given again. */
    void use(Introduction introduction, InputStream input, OutputStream output) throws IOException {
        use(again(introduction.bytes(), input), output);
    }

    /** {@code input} as it was before {@code read} was read from it. */
    static InputStream again(byte[] read, InputStream input) throws IOException {
        PushbackInputStream whole = new PushbackInputStream(input, read.length);
        whole.unread(read);
        return whole;
    }

    private void use(InputStream input, OutputStream output) {
        out = new BoundedOutput(output);
        in = new WatchedInput(input);
    }

    @Override
    public InputStream getInputStream() throws IOException {
        InputStream ready = in;
        return ready == null ? super.getInputStream() : ready;
    }

    @Override
    public OutputStream getOutputStream() throws IOException {
        OutputStream ready = out;
        return ready == null ? super.getOutputStream() : ready;
    }

    /** From here on, and until {@link #end}, the socket is closed when it takes longer. */
    void begin(Duration limit) {
        deadlineNanos = clock.nanoTime() + limit.toNanos();
        busy = true;
    }

    void end() {
        busy = false;
    }

    /** Ends a handshake or a write that is beyond its deadline. */
    void closeIfLate() {
        if (busy && clock.nanoTime() - deadlineNanos > 0) {
            late = true;
            try {
                close();
            } catch (IOException e) {
                end(); // there is nothing left to close
            }
        }
    }

    @Override
    public synchronized void close() throws IOException {
        owner.closed(this);
        super.close();
    }

    /** Who ended it is not known: TLS closes the socket itself when the other end did, before it tells. */
    private void onEnd() {
        if (ended.compareAndSet(false, true) && getRemoteSocketAddress() instanceof InetSocketAddress peer) {
            owner.lost(peer);
        }
    }

    private final class WatchedInput extends FilterInputStream {

        WatchedInput(InputStream in) {
            super(in);
        }

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
        }

        @Override
        public int read(byte[] bytes, int offset, int length) throws IOException {
            try {
                int count = super.read(bytes, offset, length);
                if (count < 0) {
                    onEnd();
                }
                return count;
            } catch (IOException e) {
                onEnd();
                throw e;
            }
        }

        @Override
        public void close() throws IOException {
            WireSocket.this.close();
        }
    }

    private final class BoundedOutput extends FilterOutputStream {

        BoundedOutput(OutputStream out) {
            super(out);
        }

        @Override
        public void write(int one) throws IOException {
            write(new byte[] {(byte) one}, 0, 1);
        }

        @Override
        public void write(byte[] bytes, int offset, int length) throws IOException {
            begin(WRITE_LIMIT);
            try {
                out.write(bytes, offset, length);
            } finally {
                end();
            }
        }

        @Override
        public void flush() throws IOException {
            out.flush(); // neither a socket nor TLS keeps anything back
        }

        @Override
        public void close() throws IOException {
            WireSocket.this.close();
        }
    }
}
