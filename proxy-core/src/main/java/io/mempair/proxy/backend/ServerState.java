package io.mempair.proxy.backend;

import io.mempair.proxy.config.ServerAddress;
import io.mempair.proxy.metrics.LoopLatencies;
import io.mempair.proxy.metrics.ServerLatencies;
import io.mempair.proxy.replication.RefillProgress;
import io.mempair.proxy.replication.ReplicaState;
import io.mempair.proxy.replication.ServerIdentity;
import io.netty.channel.Channel;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** State of one server, shared by all loops. Logs when it goes up or down, once and not per loop. Any thread. */
public final class ServerState {

    private static final Logger LOG = LoggerFactory.getLogger(ServerState.class);

    private final ServerAddress address;
    private final int connectionsWanted;
    private final ServerAccess access;
    private final ReplicaState replica;
    private final @Nullable ServerLatencies latencies;
    private final AtomicInteger connected = new AtomicInteger();
    private final AtomicBoolean reportedUnreachable = new AtomicBoolean();
    private final Lasting lasting;
    private final AddressInUse addressInUse;
    private volatile boolean twin;

    /**
     * Whether connections go to the new address of its name, while another state of the same server is still in use.
     */
    private boolean arriving;

    /** The process found there and its address. Used while {@link #arriving}. */
    private @Nullable Seen ahead;

    private volatile @Nullable String version;
    private volatile @Nullable String lastFailure;
    private volatile @Nullable InetAddress virtualSource;

    /** The server's clock at {@code atNanos} of the loops' clock. */
    private record ClockReading(long seconds, long atNanos) {}

    /** A process and the address at which it reported its identity. */
    private record Seen(ServerIdentity identity, InetAddress at) {}

    /** A server of the other tier that is the same process, valid while the identity stays. */
    private record Twin(ServerState primary, ServerIdentity identity) {}

    /** State that survives a change of TLS, login or address. */
    private static final class Lasting {
        private final AtomicReference<InetAddress> lastServing = new AtomicReference<>();
        private final AtomicLong lostConnections = new AtomicLong();
        private final AtomicInteger draining = new AtomicInteger();
        private final Set<SocketEnds> sockets = ConcurrentHashMap.newKeySet();

        /** One for each loop. */
        private final List<AtomicInteger> inFlight = new CopyOnWriteArrayList<>();

        private volatile @Nullable RefillProgress refill;
        private volatile @Nullable ClockReading clock;
        private volatile @Nullable Twin sameProcess;
        private volatile boolean hadTwin;
        /** Address of the process whose identity the replica state holds. */
        private @Nullable InetAddress identifiedAt;
    }

    /**
     * @param address            of the server
     * @param connectionsWanted  one for each loop
     * @param access             TLS and login
     * @param replica            its replica state in a pool with two copies
     * @param latencies          records its latencies, or null
     */
    public ServerState(
            ServerAddress address,
            int connectionsWanted,
            ServerAccess access,
            ReplicaState replica,
            @Nullable ServerLatencies latencies) {
        this(address, connectionsWanted, access, replica, latencies, new Lasting(), new AddressInUse());
    }

    private ServerState(
            ServerAddress address,
            int connectionsWanted,
            ServerAccess access,
            ReplicaState replica,
            @Nullable ServerLatencies latencies,
            Lasting lasting,
            AddressInUse addressInUse) {
        this.address = address;
        this.connectionsWanted = connectionsWanted;
        this.access = access;
        this.replica = replica;
        this.latencies = latencies;
        this.lasting = lasting;
        this.addressInUse = addressInUse;
    }

    /** The same server with other TLS or login: keeps its lasting state; the state of connections starts anew. */
    public ServerState approachedBy(ServerAccess next) {
        ServerState other =
                new ServerState(address, connectionsWanted, next, replica, latencies, lasting, addressInUse);
        other.twin = twin;
        return other;
    }

    /**
     * The same server at the new addresses of its name. The identity found there is kept separate until
     * {@link #takesOver}, because the process still in use may be another one.
     *
     * @param addresses  of its name; at least one
     */
    public ServerState movedTo(List<InetAddress> addresses, ServerAccess next) {
        ServerState other = new ServerState(
                address, connectionsWanted, next, replica, latencies, lasting, new AddressInUse(addresses));
        other.twin = twin;
        other.arriving = true;
        return other;
    }

    /** This state replaces the other one of the same server. */
    public synchronized void takesOver() {
        arriving = false;
        Seen seen = ahead;
        if (seen != null) {
            ahead = null;
            tellReplica(seen);
        }
    }

    /** A process has reported its identity on a new connection to that address. */
    synchronized void identified(ServerIdentity identity, InetAddress at) {
        Seen seen = new Seen(identity, at);
        if (arriving) {
            ahead = seen;
        } else {
            tellReplica(seen);
        }
    }

    private void tellReplica(Seen seen) {
        synchronized (lasting) {
            InetAddress before = lasting.identifiedAt;
            lasting.identifiedAt = seen.at;
            if (before == null || before.equals(seen.at)) {
                replica.connected(seen.identity);
            } else {
                replica.connectedElsewhere(seen.identity);
            }
        }
    }

    /** The process last seen, or null if none has reported an identity. */
    @Nullable
    ServerIdentity identity() {
        if (twin) {
            synchronized (this) {
                if (arriving) {
                    return ahead == null ? null : ahead.identity;
                }
            }
        }
        return replica.identity();
    }

    /** The address that loops are connected to, or null. */
    public @Nullable InetAddress connectedTo() {
        return addressInUse.pinned();
    }

    /** Whether both are the same server, possibly with other TLS or login. */
    public boolean isSame(ServerState other) {
        return lasting == other.lasting;
    }

    /** The server's configured address. */
    public ServerAddress address() {
        return address;
    }

    /** Chooses the address of its name that all loops use. */
    AddressInUse addressInUse() {
        return addressInUse;
    }

    /**
     * A loop is connected and asks to serve from there. Logs once when the address changes.
     *
     * @return whether it may, see {@link AddressInUse#begin}
     */
    boolean beginsAt(InetAddress target) {
        if (!addressInUse.begin(target)) {
            return false;
        }
        InetAddress before = lasting.lastServing.getAndSet(target);
        if (before == null ? addressInUse.knownAddresses() > 1 : !before.equals(target)) {
            LOG.info(
                    "server {} address={} before={} (of {} addresses of its name) event=server_address",
                    address,
                    target.getHostAddress(),
                    before == null ? "none" : before.getHostAddress(),
                    addressInUse.knownAddresses());
        }
        return true;
    }

    /** TLS and login of a new connection. */
    ServerAccess access() {
        return access;
    }

    /** Its replica state; unused in a pool with one copy. */
    public ReplicaState replica() {
        return replica;
    }

    /** Its latencies, if recorded. */
    public Optional<ServerLatencies> latencies() {
        return Optional.ofNullable(latencies);
    }

    /** Records the latencies of one loop's connection, or null. */
    @Nullable
    LoopLatencies latenciesOfOneLoop() {
        return latencies == null ? null : latencies.ofOneLoop();
    }

    /** A connection to it is open; it leaves {@link #sockets} when it is closed. */
    void opened(Channel channel) {
        if (channel.localAddress() instanceof InetSocketAddress local
                && channel.remoteAddress() instanceof InetSocketAddress server) {
            SocketEnds ends = new SocketEnds(local, server);
            lasting.sockets.add(ends);
            channel.closeFuture().addListener(closed -> lasting.sockets.remove(ends));
        }
    }

    /** The open connections to it, of all loops. */
    public Set<SocketEnds> sockets() {
        return Set.copyOf(lasting.sockets);
    }

    /** Where one more loop shows its requests in flight. */
    AtomicInteger inFlightOfOneLoop() {
        AtomicInteger added = new AtomicInteger();
        lasting.inFlight.add(added);
        return added;
    }

    /** Requests in flight, on all loops; perhaps a moment old. */
    public int inFlight() {
        int sum = 0;
        for (AtomicInteger ofLoop : lasting.inFlight) {
            sum += ofLoop.get();
        }
        return sum;
    }

    /** Whether its pool keeps two copies, so that its identity matters. */
    public boolean hasTwin() {
        return twin;
    }

    /** Whether its pool keeps two copies or did, so that it may have missed writes. */
    public boolean hadTwin() {
        return lasting.hadTwin;
    }

    /** Sets whether its pool keeps two copies. */
    public void twin(boolean twoCopies) {
        twin = twoCopies;
        lasting.hadTwin |= twoCopies;
    }

    /** This backup is the same process as that primary. */
    void foundToBe(ServerState primary) {
        ServerIdentity identity = identity();
        lasting.sameProcess = identity == null ? null : new Twin(primary, identity);
    }

    /** The primary that is the same process, if both identities are unchanged; else null. */
    @Nullable
    ServerState isOneWith() {
        Twin found = lasting.sameProcess;
        if (found == null || !found.identity.equals(identity()) || !found.identity.equals(found.primary.identity())) {
            return null;
        }
        return found.primary;
    }

    /** The pool has changed: forgets a server that was the same process. */
    public void forgetTwin() {
        lasting.sameProcess = null;
    }

    /** Changes the number of draining connections. */
    void drainingChanged(int change) {
        lasting.draining.addAndGet(change);
    }

    /** Dropped connections that the server may still read from; see {@link HalfCloseDrain}. */
    public int draining() {
        return lasting.draining.get();
    }

    /** Publishes the progress of its bulk copy; null when it is over. */
    public void showRefill(@Nullable RefillProgress progress) {
        lasting.refill = progress;
    }

    /** Progress of its bulk copy, if one is running. */
    public Optional<RefillProgress> refill() {
        return Optional.ofNullable(lasting.refill);
    }

    /** Whether every loop is connected. */
    public boolean up() {
        return connected.get() == connectionsWanted;
    }

    /** The reply to {@code version} at the last handshake. */
    public Optional<String> version() {
        return Optional.ofNullable(version);
    }

    /** Number of connected loops. */
    public int connections() {
        return connected.get();
    }

    /** Connections lost since the start, on all loops. */
    public long lostConnections() {
        return lasting.lostConnections.get();
    }

    /** Reason of the last lost or failed connection; empty if there was none. */
    public Optional<String> lastFailure() {
        return Optional.ofNullable(lastFailure);
    }

    /**
     * The server has reported its clock.
     *
     * @param seconds   unix time by its clock
     * @param nowNanos  on the loops' clock
     */
    public void clockShows(long seconds, long nowNanos) {
        lasting.clock = new ClockReading(seconds, nowNanos);
    }

    /**
     * Unix time by the server's clock, in seconds; 0 if unknown.
     *
     * @param nowNanos  on the loops' clock
     */
    public long clockSeconds(long nowNanos) {
        ClockReading reading = lasting.clock;
        return reading == null ? 0 : reading.seconds + (nowNanos - reading.atNanos) / 1_000_000_000;
    }

    void connected(String serverVersion) {
        version = serverVersion;
        if (connected.incrementAndGet() == connectionsWanted) {
            reportedUnreachable.set(false);
            LOG.info("server {} up version=\"{}\" event=server_up", address, serverVersion);
        }
    }

    /** A connection comes from that virtual address, or from an own one if it is null. Logged when it changes. */
    void comesFrom(@Nullable InetAddress virtual) {
        boolean changed = !Objects.equals(virtualSource, virtual);
        virtualSource = virtual;
        if (changed && virtual != null) {
            LOG.warn(
                    "server {} is connected from the virtual address {}: no own address of this host leads there, so"
                            + " it is out of reach as a standby, and connections are left behind on it if this host is lost event=server_virtual_source",
                    address,
                    virtual.getHostAddress());
        }
    }

    /** The virtual address that its last connection came from; null if it came from an own one. */
    public @Nullable InetAddress virtualSource() {
        return virtualSource;
    }

    void lost(String reason) {
        lastFailure = reason;
        lasting.lostConnections.incrementAndGet();
        if (connected.getAndDecrement() == connectionsWanted) {
            reportedUnreachable.set(true);
            LOG.warn("server {} down reason=\"{}\" event=server_down", address, reason);
        }
    }

    /** The proxy closed a connection, which is not logged. */
    void closed() {
        connected.decrementAndGet();
    }

    /** An attempt to connect failed. Logged once until the server is back, not per attempt or loop. */
    void unreachable(String reason) {
        lastFailure = reason;
        if (reportedUnreachable.compareAndSet(false, true)) {
            LOG.warn("server {} unreachable reason=\"{}\" (retrying) event=server_unreachable", address, reason);
        }
    }
}
