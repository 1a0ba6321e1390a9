package io.mempair.ha.group.wire;

import io.mempair.ha.thread.VitalThread;
import io.mempair.ha.time.Clock;
import io.mempair.proxy.config.FailureText;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.time.Duration;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The server socket for peers. It accepts on its own thread and closes connections from other addresses before reading
 * a byte. The others must authenticate, {@value #MAX_HANDSHAKES} at a time and each within
 * {@link WireSocket#HANDSHAKE_LIMIT}; only then {@link #accept} returns them. So no connection can block the single
 * thread on which JGroups accepts.
 */
final class Gate extends ServerSocket {

    private static final Logger LOG = LoggerFactory.getLogger(Gate.class);
    private static final int MAX_HANDSHAKES = 16;
    private static final int TLS_HANDSHAKE_RECORD = 0x16;

    private enum ConnectionKind {
        NOTHING,
        /** One of JGroups. */
        CHANNEL,
        /** A {@link PeerStream}. */
        STREAM
    }

    private static final Duration FAILURE_PAUSE = Duration.ofMillis(50);

    private final WireSocket.SocketOwner owner;
    private final Supplier<WireSocket> sockets;
    private final Consumer<PeerStream> streams;
    private final PeerAddresses peers;
    private final Strangers strangers;
    private final Clock clock;
    private final BlockingQueue<WireSocket> ready = new ArrayBlockingQueue<>(MAX_HANDSHAKES);
    private final AtomicBoolean started = new AtomicBoolean();
    private final ThreadPoolExecutor handshakes =
            new ThreadPoolExecutor(0, MAX_HANDSHAKES, 10, TimeUnit.SECONDS, new SynchronousQueue<>(), task -> {
                Thread thread = new Thread(task, "mempair-group-handshake");
                thread.setDaemon(true);
                return thread;
            });

    /** @param streams  takes, and then owns, each connection that is not of JGroups */
    Gate(
            WireSocket.SocketOwner owner,
            Supplier<WireSocket> sockets,
            Consumer<PeerStream> streams,
            PeerAddresses peers,
            Strangers strangers,
            Clock clock)
            throws IOException {
        this.owner = owner;
        this.sockets = sockets;
        this.streams = streams;
        this.peers = peers;
        this.strangers = strangers;
        this.clock = clock;
    }

    /** Waits for the next connection of a peer. */
    @Override
    public Socket accept() throws IOException {
        if (started.compareAndSet(false, true)) {
            new VitalThread(this::takeAll, "mempair-group-gate").start();
        }
        try {
            while (!isClosed()) {
                WireSocket next = ready.poll(1, TimeUnit.SECONDS);
                if (next != null) {
                    return next;
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        throw new SocketException("the gate is closed");
    }

    private void takeAll() {
        while (!isClosed()) {
            WireSocket socket = sockets.get();
            try {
                implAccept(socket);
                sort(socket);
            } catch (IOException e) {
                closeQuietly(socket);
                if (!isClosed()) {
                    clock.pause(FAILURE_PAUSE); // for example out of file descriptors: an immediate retry is useless
                }
            } catch (RuntimeException e) {
                LOG.error("internal error: a connection of the group channel was dropped", e);
                closeQuietly(socket);
            }
        }
    }

    private void sort(WireSocket socket) {
        InetAddress from = socket.getInetAddress();
        if (!peers.isPeer(from)) {
            strangers.refused(from, false, "no node of group.peers has that address");
            closeQuietly(socket);
            return;
        }
        socket.begin(WireSocket.HANDSHAKE_LIMIT);
        try {
            handshakes.execute(() -> admit(socket));
        } catch (RejectedExecutionException e) {
            strangers.refused(from, true, MAX_HANDSHAKES + " connections are in their handshake already");
            closeQuietly(socket);
        }
    }

    private void admit(WireSocket socket) {
        InetAddress from = socket.getInetAddress();
        try {
            ConnectionKind kind = kindOf(socket);
            if (kind == ConnectionKind.STREAM || (kind == ConnectionKind.CHANNEL && ready.offer(socket))) {
                strangers.accepted(from);
                return;
            }
        } catch (IOException | RuntimeException e) {
            String why = socket.isLate() ? WireSocket.LATE : FailureText.of(e);
            strangers.refused(from, true, why);
        }
        closeQuietly(socket);
    }

    /** What a connection of a peer is for; NOTHING if it was only opened and closed, as by {@code CrashProof}. */
    private ConnectionKind kindOf(WireSocket socket) throws IOException {
        int first = socket.getInputStream().read();
        if (first < 0) {
            return ConnectionKind.NOTHING;
        }
        byte[] read = {(byte) first};
        Handshake handshake = owner.handshake();
        InputStream in;
        OutputStream out;
        if (handshake == null) {
            if (first == TLS_HANDSHAKE_RECORD) {
                throw new IOException("it wants TLS (expected: the same group.tls-... or group.key-file on all nodes)");
            }
            in = WireSocket.again(read, socket.getInputStream());
            out = socket.getOutputStream();
        } else {
            if (first != TLS_HANDSHAKE_RECORD) {
                throw new IOException("it speaks without TLS (expected: the same group.tls-... or group.key-file)");
            }
            Socket tls = handshake.accepted(socket, read);
            in = tls.getInputStream();
            out = tls.getOutputStream();
        }
        byte[] kind = StreamGreeting.read(in);
        if (StreamGreeting.isOne(kind)) {
            socket.end();
            streams.accept(new PeerStream(socket, in, out));
            return ConnectionKind.STREAM;
        }
        Introduction introduction = Introduction.read(kind, in);
        // one connection per peer: a peer that could claim other addresses could open any number
        if (!peers.isPeer(
                        introduction.from().getIpAddress(), introduction.from().getPort())
                || !introduction.from().getIpAddress().equals(socket.getInetAddress())) {
            throw new IOException(
                    "it says that it listens on " + introduction.from() + ", which is none of group.peers");
        }
        socket.use(introduction, in, out);
        socket.end();
        return ConnectionKind.CHANNEL;
    }

    @Override
    public void close() throws IOException {
        super.close();
        handshakes.shutdownNow();
        for (WireSocket left = ready.poll(); left != null; left = ready.poll()) {
            closeQuietly(left);
        }
    }

    private static void closeQuietly(Socket socket) {
        try {
            socket.close();
        } catch (IOException e) {
            return; // nobody can use it now
        }
    }
}
