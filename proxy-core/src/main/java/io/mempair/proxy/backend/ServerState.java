package io.mempair.proxy.backend;

import io.mempair.proxy.config.CopyPolicy;
import io.mempair.proxy.config.ServerAddress;
import io.mempair.proxy.metrics.LoopLatencies;
import io.mempair.proxy.metrics.ServerLatencies;
import io.mempair.proxy.replication.PeerKnowledge;
import io.mempair.proxy.replication.RefillProgress;
import io.mempair.proxy.replication.ReplicaState;
import io.mempair.proxy.replication.ServerIdentity;
import java.net.InetAddress;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** State of one server, shared by all loops. Any thread. */
public final class ServerState {

    private static final Logger LOG = LoggerFactory.getLogger(ServerState.class);

    private final ServerAddress address;
    private final int connectionsWanted;
    private final ServerAccess access;
    private final ReplicaState replica;
    private final @Nullable ServerLatencies latencies;
    private final ServerReachability reachability;
    private final Lasting lasting;
    private final AddressInUse addressInUse;
    private final LocatedProcess process;
    private volatile boolean twin;
    private volatile boolean drains;
    private volatile @Nullable MarkerRule markers;

    /** A server of the other tier that is the same process, valid while the identity stays. */
    private record Twin(ServerState primary, ServerIdentity identity) {}

    /** State that survives a change of TLS, login or address. */
    private static final class Lasting {
        private final AtomicReference<InetAddress> lastServing = new AtomicReference<>();
        private final AtomicLong lostConnections = new AtomicLong();
        private final ServerTraffic traffic = new ServerTraffic();
        private final ServerClock clock = new ServerClock();

        private volatile @Nullable RefillProgress refill;
        private volatile @Nullable Twin sameProcess;
        private volatile boolean hadTwin;
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
        this.address = address;
        this.connectionsWanted = connectionsWanted;
        this.access = access;
        this.replica = replica;
        this.latencies = latencies;
        this.lasting = new Lasting();
        this.reachability = new ServerReachability(address, connectionsWanted, lasting.lostConnections);
        this.addressInUse = new AddressInUse();
        this.process = new LocatedProcess(replica);
    }

    private ServerState(ServerState earlier, ServerAccess access, AddressInUse addressInUse, LocatedProcess process) {
        this.address = earlier.address;
        this.connectionsWanted = earlier.connectionsWanted;
        this.access = access;
        this.replica = earlier.replica;
        this.latencies = earlier.latencies;
        this.lasting = earlier.lasting;
        this.reachability = new ServerReachability(address, connectionsWanted, lasting.lostConnections);
        this.addressInUse = addressInUse;
        this.process = process;
        this.twin = earlier.twin;
        this.drains = earlier.drains;
        this.markers = earlier.markers;
    }

    /** The same server with other TLS or login: keeps its lasting state; the state of connections starts anew. */
    public ServerState approachedBy(ServerAccess next) {
        return new ServerState(this, next, addressInUse, process.staying());
    }

    /**
     * The same server at the new addresses of its name. The identity found there is kept separate until
     * {@link #takesOver}, because the process still in use may be another one.
     *
     * @param addresses  of its name; at least one
     */
    public ServerState movedTo(List<InetAddress> addresses, ServerAccess next) {
        return new ServerState(this, next, new AddressInUse(addresses), process.arriving());
    }

    /** This state replaces the other one of the same server. */
    public void takesOver() {
        process.takesOver();
    }

    /** The same server, with its TLS and login, for a connection aside of the pool's; whatever marker it holds. */
    public ServerState aside() {
        ReplicaState unused =
                new ReplicaState(address.toString(), new PeerKnowledge(), CopyPolicy.DEFAULT.journalBytes());
        return new ServerState(address, 1, access, unused, null);
    }

    /** A process has reported its identity on a new connection to that address. */
    void identified(ServerIdentity identity, InetAddress at) {
        process.identified(identity, at);
    }

    /** The process last seen, or null if none has reported an identity. */
    @Nullable
    ServerIdentity identity() {
        return twin ? process.identity() : replica.identity();
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
            LOG.atInfo()
                    .addKeyValue("server", address)
                    .addKeyValue("addresses", addressInUse.knownAddresses())
                    .log(
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

    /** The connections of the loops report here when they are connected and when not. */
    ServerReachability reachability() {
        return reachability;
    }

    /** The connections of the loops show here what is open and in flight. */
    ServerTraffic traffic() {
        return lasting.traffic;
    }

    /** The server's own clock. */
    public ServerClock clock() {
        return lasting.clock;
    }

    /** The open connections to it, of all loops. */
    public Set<SocketEnds> sockets() {
        return lasting.traffic.sockets();
    }

    /** Requests in flight, on all loops; perhaps a moment old. */
    public int inFlight() {
        return lasting.traffic.inFlight();
    }

    /** Dropped connections that the server may still read from; see {@link HalfCloseDrain}. */
    public int draining() {
        return lasting.traffic.draining();
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

    /** Whether a write that nobody waits for any more must be over before the server's items are copied. */
    boolean drains() {
        return twin || drains;
    }

    /**
     * Says that keys of this server may be rebalanced: dropped connections are drained, and a marker is looked for at each
     * new one.
     *
     * @param rule  decides about a marker; null if keys are not rebalanced
     */
    public void rebalances(@Nullable MarkerRule rule) {
        markers = rule;
        drains = rule != null;
    }

    /** Decides about a marker; null if none is looked for. */
    @Nullable
    MarkerRule markers() {
        return markers;
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
        return reachability.up();
    }

    /** The reply to {@code version} at the last handshake. */
    public Optional<String> version() {
        return reachability.version();
    }

    /** Number of connected loops. */
    public int connections() {
        return reachability.connections();
    }

    /** Connections lost since the start, on all loops. */
    public long lostConnections() {
        return lasting.lostConnections.get();
    }

    /** Reason of the last lost or failed connection; empty if there was none. */
    public Optional<String> lastFailure() {
        return reachability.lastFailure();
    }

    /** The virtual address that its last connection came from; null if it came from an own one. */
    public @Nullable InetAddress virtualSource() {
        return reachability.virtualSource();
    }
}
