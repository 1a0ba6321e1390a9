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
 * One connection of the channel. To JGroups it looks like a plain socket; its streams are those of the TLS connection
 * on top. Closing never blocks: it sends no close_notify, which could block on a stuck peer.
 *
 * <p>A handshake and a write have a deadline; {@link #closeIfLate} is called by a timer and ends what is beyond it, because a
 * blocking write has no timeout of its own.
 */
final class WireSocket extends Socket {

    /** The channel as seen by its sockets. Any thread. */
    interface SocketOwner {

        /** The authentication of connections; null if there is none. */
        @Nullable
        Handshake handshake();

        /** Whether the last attempt to connect there has just failed. */
        boolean failedJustNow(InetSocketAddress peer);

        /**
         * A connection to a peer failed.
         *
         * @param reached  whether TCP connected and securing failed
         */
        void failed(InetSocketAddress peer, boolean reached, IOException why);

        /** A connection to a peer was opened and secured. */
        void connected(InetSocketAddress peer);

        /** A connection to a peer, opened without TLS, was closed by it before it said anything. */
        void turnedAway(InetSocketAddress peer, TurnedAwayException why);

        /** A connection in use was closed, at either end; called once per connection. */
        void lost(InetSocketAddress peer);

        void closed(WireSocket socket);
    }

    /** Time for a handshake; both ends may lack processor time. */
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

    /** Whether the other end said anything. */
    private volatile boolean heard;

    private volatile boolean outbound;
    private final AtomicBoolean ended = new AtomicBoolean();

    WireSocket(SocketOwner owner, Clock clock) {
        this.owner = owner;
        this.clock = clock;
    }

    @Override
    public void connect(SocketAddress endpoint, int timeoutMillis) throws IOException {
        InetSocketAddress peer = (InetSocketAddress) endpoint;
        if (owner.failedJustNow(peer)) {
            // otherwise every caller that waited for the failed attempt would make another one, one after the other
            throw new SocketException("connecting to " + peer + " failed a moment ago");
        }
        boolean reached = false;
        try {
            super.connect(endpoint, timeoutMillis);
            reached = true;
            outbound = true;
            Handshake handshake = owner.handshake();
            begin(HANDSHAKE_LIMIT);
            if (handshake == null) {
                use(new HeardInput(super.getInputStream()), super.getOutputStream());
            } else {
                Socket tls = handshake.connected(this);
                use(tls.getInputStream(), tls.getOutputStream());
            }
            end();
            owner.connected(peer);
        } catch (IOException e) {
            IOException told = late ? new SocketException(LATE) : e;
            if (reached && !late && !heard) {
                told = new TurnedAwayException(getLocalAddress());
            }
            close();
            owner.failed(peer, reached, told);
            throw told;
        }
    }

    /** Whether {@link #closeIfLate} closed it. */
    boolean isLate() {
        return late;
    }

    /** Prepares an accepted connection; replays the bytes already read from {@code input}. */
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
        return ready == null ? new HeardInput(super.getInputStream()) : ready;
    }

    @Override
    public OutputStream getOutputStream() throws IOException {
        OutputStream ready = out;
        return ready == null ? super.getOutputStream() : ready;
    }

    /** Starts a deadline: the socket is closed if {@link #end} does not follow in time. */
    void begin(Duration limit) {
        deadlineNanos = clock.nanoTime() + limit.toNanos();
        busy = true;
    }

    void end() {
        busy = false;
    }

    /** Closes the socket if a handshake or a write exceeds its deadline. */
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

    /** The connection ended, at either end: TLS closes the socket before it reports that the peer closed it. */
    private void onEnd() {
        if (ended.compareAndSet(false, true) && getRemoteSocketAddress() instanceof InetSocketAddress peer) {
            if (outbound && !heard) {
                owner.turnedAway(peer, new TurnedAwayException(getLocalAddress()));
            }
            owner.lost(peer);
        }
    }

    /** What comes from the network, below TLS. */
    private final class HeardInput extends FilterInputStream {

        HeardInput(InputStream in) {
            super(in);
        }

        @Override
        public int read() throws IOException {
            int one = super.read();
            heard |= one >= 0;
            return one;
        }

        @Override
        public int read(byte[] bytes, int offset, int length) throws IOException {
            int count = super.read(bytes, offset, length);
            heard |= count > 0;
            return count;
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
            out.flush(); // neither a socket nor TLS buffers output
        }

        @Override
        public void close() throws IOException {
            WireSocket.this.close();
        }
    }
}
