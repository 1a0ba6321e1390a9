package io.mempair.ha.group.wire;

import io.mempair.ha.config.GroupConfig;
import io.mempair.ha.config.GroupSecurity;
import io.mempair.ha.time.Clock;
import io.mempair.ha.time.Timers;
import io.mempair.proxy.config.FailureText;
import io.mempair.proxy.config.ServerAddress;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import org.jgroups.util.DefaultSocketFactory;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Creates the channel's sockets for JGroups: connections to and from the configured peers, secured as configured. Any
 * thread. {@link #close} ends its own threads; JGroups closes the sockets.
 */
public final class ChannelSockets extends DefaultSocketFactory implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(ChannelSockets.class);
    private static final int STREAM_MILLIS = 500;
    private static final Duration WATCH_PAUSE = Duration.ofMillis(100);
    private static final Duration NAMES_PAUSE = Duration.ofSeconds(2);
    private static final long RETRY_NANOS = Duration.ofMillis(50).toNanos();

    private final Clock clock;
    private final PeerAddresses peers;
    private final PeerProblems problems;
    private final Strangers strangers;
    private final Strangers.Minute complaints;
    private final Set<WireSocket> open = ConcurrentHashMap.newKeySet();
    private final Map<InetSocketAddress, Long> failedAtNanos = new ConcurrentHashMap<>();
    private final Timers deadlines = new Timers("mempair-group-deadlines");
    private final Timers names = new Timers("mempair-group-names");
    private final WireSocket.SocketOwner owner;
    private volatile @Nullable Consumer<PeerStream> streams;

    /** @param lost  receives the address of a peer when a connection to it ends; must not block */
    public ChannelSockets(GroupConfig config, Clock clock, Consumer<InetAddress> lost) {
        this.clock = clock;
        this.peers = new PeerAddresses(config.others());
        this.problems = new PeerProblems(clock);
        this.strangers = new Strangers(clock, problems);
        this.complaints = new Strangers.Minute(clock);
        this.owner = new Watching(handshake(config.security()), lost);
        if (config.security() instanceof GroupSecurity.None) {
            LOG.warn(
                    "the channel is not secured: keep port {} inside a private network,"
                            + " or set group.tls-... (mempair certs) or group.key-file",
                    config.port());
        }
        names.every(NAMES_PAUSE, peers::lookUp);
        deadlines.every(WATCH_PAUSE, () -> open.forEach(WireSocket::closeIfLate));
    }

    private static @Nullable Handshake handshake(GroupSecurity security) {
        if (security instanceof GroupSecurity.Tls tls) {
            return new Handshake(NodeIdentity.of(tls));
        }
        return security instanceof GroupSecurity.SharedKey shared ? new Handshake(NodeIdentity.of(shared)) : null;
    }

    @Override
    public Socket createSocket(String service) throws IOException {
        return newSocket();
    }

    @Override
    public ServerSocket createServerSocket(String service) throws IOException {
        return new Gate(owner, this::newSocket, this::accepted, peers, strangers, clock);
    }

    /** Sets who takes, and then owns, the streams that peers open; without one they are closed. */
    public void acceptStreams(Consumer<PeerStream> taker) {
        streams = taker;
    }

    private void accepted(PeerStream stream) {
        Consumer<PeerStream> taker = streams;
        if (taker == null) {
            stream.close();
        } else {
            taker.accept(stream);
        }
    }

    /**
     * Opens a stream to a peer, from this node's own address; blocks, for a second at most. The peer closes it if it is of a
     * version without streams.
     *
     * @param from  this node's own address
     */
    public PeerStream openStream(InetAddress from, ServerAddress peer) throws IOException {
        InetSocketAddress to = peers.of(peer).stream()
                .findFirst()
                .orElseThrow(() -> new IOException("the name of " + peer + " is not resolved"));
        Socket socket = new Socket();
        try {
            socket.bind(new InetSocketAddress(from, 0));
            socket.connect(to, STREAM_MILLIS);
            socket.setTcpNoDelay(true);
            socket.setSoTimeout(STREAM_MILLIS);
            Handshake handshake = owner.handshake();
            Socket secured = handshake == null ? socket : handshake.connected(socket);
            secured.getOutputStream().write(StreamGreeting.bytes());
            return new PeerStream(secured, secured.getInputStream(), secured.getOutputStream());
        } catch (IOException e) {
            socket.close();
            throw e;
        }
    }

    private WireSocket newSocket() {
        WireSocket socket = new WireSocket(owner, clock);
        open.add(socket);
        return socket;
    }

    /** The recent problem with the link to or from this peer; null if there is none. */
    public @Nullable String problemWith(ServerAddress peer) {
        return peers.of(peer).stream()
                .map(problems::of)
                .filter(Objects::nonNull)
                .findFirst()
                .orElse(null);
    }

    /** The address of a host that is not a peer and was refused recently, or null. */
    public @Nullable String stranger() {
        return problems.stranger();
    }

    /** Connections refused since the start. */
    double refused() {
        return strangers.refused();
    }

    @Override
    public void close() {
        names.close();
        deadlines.close();
    }

    /** Receives the events of every socket. */
    private final class Watching implements WireSocket.SocketOwner {

        private final @Nullable Handshake handshake;
        private final Consumer<InetAddress> lost;

        Watching(@Nullable Handshake handshake, Consumer<InetAddress> lost) {
            this.handshake = handshake;
            this.lost = lost;
        }

        @Override
        public @Nullable Handshake handshake() {
            return handshake;
        }

        @Override
        public boolean failedJustNow(InetSocketAddress peer) {
            Long atNanos = failedAtNanos.get(peer);
            return atNanos != null && clock.nanoTime() - atNanos < RETRY_NANOS;
        }

        @Override
        public void connected(InetSocketAddress peer) {
            problems.connected(peer);
        }

        @Override
        public void failed(InetSocketAddress peer, boolean reached, IOException why) {
            failedAtNanos
                    .keySet()
                    .removeIf(
                            other -> !peers.isPeer(other.getAddress())); // a peer given by name may change its address
            failedAtNanos.put(peer, clock.nanoTime());
            String text = FailureText.of(why);
            if (why instanceof TurnedAwayException turnedAway) {
                problems.failed(peer, text);
                complain(peer, turnedAway);
                return;
            }
            problems.failed(peer, (reached ? "the channel cannot be secured: " : "connecting fails: ") + text);
            if (reached && complaints.next() >= 0) {
                LOG.atWarn()
                        .addKeyValue("peer", peer.getAddress().getHostAddress())
                        .addKeyValue("port", peer.getPort())
                        .addKeyValue("reason", text)
                        .log(
                                "the channel to {}:{} cannot be secured: {} event=channel_unsecured",
                                peer.getAddress().getHostAddress(),
                                peer.getPort(),
                                text);
            }
        }

        @Override
        public void turnedAway(InetSocketAddress peer, TurnedAwayException why) {
            if (problems.turnedAway(peer, String.valueOf(why.getMessage()))) {
                complain(peer, why);
            }
        }

        private void complain(InetSocketAddress peer, TurnedAwayException why) {
            if (complaints.next() >= 0) {
                LOG.atWarn()
                        .addKeyValue("peer", peer.getAddress().getHostAddress())
                        .addKeyValue("port", peer.getPort())
                        .addKeyValue("reason", why.getMessage())
                        .log(
                                "the channel to {}:{} is not open: {} event=channel_turned_away",
                                peer.getAddress().getHostAddress(),
                                peer.getPort(),
                                why.getMessage());
            }
        }

        @Override
        public void lost(InetSocketAddress peer) {
            lost.accept(peer.getAddress());
        }

        @Override
        public void closed(WireSocket socket) {
            open.remove(socket);
        }
    }
}
