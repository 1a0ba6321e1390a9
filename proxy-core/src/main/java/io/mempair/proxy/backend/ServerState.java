package io.mempair.proxy.backend;

import io.mempair.proxy.config.ServerAddress;
import io.mempair.proxy.metrics.LoopLatencies;
import io.mempair.proxy.metrics.ServerLatencies;
import io.mempair.proxy.replication.RefillProgress;
import io.mempair.proxy.replication.ReplicaState;
import io.mempair.proxy.replication.ServerIdentity;
import java.net.InetAddress;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One server as all loops together see it; logs when it comes and goes, once and not once a loop. Any
 * thread.
 */
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

    /** Whether it is being connected to where its name leads now, while another state of it is still in use elsewhere. */
    private boolean arriving;

    /** The process that was found there, and where. Meaningful while {@link #arriving}. */
    private @Nullable Seen ahead;

    private volatile @Nullable String version;
    private volatile @Nullable String lastFailure;

    /** What the server's clock showed when ours showed {@code atNanos}. */
    private record ClockReading(long seconds, long atNanos) {}

    /** A process, and the address at which it said which it is. */
    private record Seen(ServerIdentity identity, InetAddress at) {}

    /** A server of the other tier that was found to be the same process, while both said that of themselves. */
    private record Twin(ServerState primary, ServerIdentity identity) {}

    /** What is known of the server itself, in whatever way it is connected to. */
    private static final class Lasting {
        private final AtomicReference<InetAddress> lastServing = new AtomicReference<>();
        private final AtomicLong lostConnections = new AtomicLong();
        private final AtomicInteger lingering = new AtomicInteger();
        private volatile @Nullable RefillProgress refill;
        private volatile @Nullable ClockReading clock;
        private volatile @Nullable Twin sameProcess;
        /** Where the process is that the replica has. */
        private @Nullable InetAddress identifiedAt;
    }

    /**
     * @param address            where the server is
     * @param connectionsWanted  one for each loop
     * @param access             TLS and login
     * @param replica             what is kept of it in a pool with two copies
     * @param latencies          where its latencies are counted, or null if they are not
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

    /**
     * The same server, to be connected to in another way: all that is known of it stays known, and what is said of its
     * connections begins anew.
     */
    public ServerState approachedBy(ServerAccess next) {
        ServerState other =
                new ServerState(address, connectionsWanted, next, replica, latencies, lasting, addressInUse);
        other.twin = twin;
        return other;
    }

    /**
     * The same server, to be connected to where its name leads now. What is known of the process there is kept apart until
     * {@link #takesOver}, because the one that is still in use may be another.
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

    /** It is in use from now on, in place of any other state of the same server. */
    public synchronized void takesOver() {
        arriving = false;
        Seen seen = ahead;
        if (seen != null) {
            ahead = null;
            tellReplica(seen);
        }
    }

    /** A process has said which it is, on a new connection to that address. */
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

    /** The process it was last seen as, or null if none has said which it is. */
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

    /** The address that loops are connected to now, or null if none is. */
    public @Nullable InetAddress connectedTo() {
        return addressInUse.pinned();
    }

    /** Whether that is the same server, perhaps connected to in another way. */
    public boolean isSame(ServerState other) {
        return lasting == other.lasting;
    }

    /** Where the server is. */
    public ServerAddress address() {
        return address;
    }

    /** Which of the addresses of its name all loops use. */
    AddressInUse addressInUse() {
        return addressInUse;
    }

    /**
     * A loop is connected and wants to serve from there; says once when that is another address than before.
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
                    "server {} address={} before={} (of {} addresses of its name)",
                    address,
                    target.getHostAddress(),
                    before == null ? "none" : before.getHostAddress(),
                    addressInUse.knownAddresses());
        }
        return true;
    }

    /** What a new connection needs before the server takes requests. */
    ServerAccess access() {
        return access;
    }

    /** Its standing, and what it missed; without meaning in a pool with one copy. */
    public ReplicaState replica() {
        return replica;
    }

    /** How long its answers took, if that is counted. */
    public Optional<ServerLatencies> latencies() {
        return Optional.ofNullable(latencies);
    }

    /** Where the one connection of a loop counts how long answers take, or null if that is not counted. */
    @Nullable
    LoopLatencies latenciesOfOneLoop() {
        return latencies == null ? null : latencies.ofOneLoop();
    }

    /** Whether the pool it is in keeps two copies, so that it matters which process it is. */
    public boolean hasTwin() {
        return twin;
    }

    /** The pool it is in keeps two copies from now on, or does not any more. */
    public void twin(boolean twoCopies) {
        twin = twoCopies;
    }

    /** This backup is the same process as that primary: the copies of their keys would be one. */
    void foundToBe(ServerState primary) {
        ServerIdentity identity = identity();
        lasting.sameProcess = identity == null ? null : new Twin(primary, identity);
    }

    /** The primary that it was found to be, if both are still the process they were then; else null. */
    @Nullable
    ServerState isOneWith() {
        Twin found = lasting.sameProcess;
        if (found == null || !found.identity.equals(identity()) || !found.identity.equals(found.primary.identity())) {
            return null;
        }
        return found.primary;
    }

    /** The pool has changed: what was found of two servers may not matter any more. */
    public void forgetTwin() {
        lasting.sameProcess = null;
    }

    /** {@code change} more connections wait for the server to read what it was last sent. */
    void lingers(int change) {
        lasting.lingering.addAndGet(change);
    }

    /** Connections given up that the server may still read from; see {@link HalfCloseDrain}. */
    public int lingering() {
        return lasting.lingering.get();
    }

    /** All its keys are being copied to it, and that is how far it is; null when that is over. */
    public void showRefill(@Nullable RefillProgress progress) {
        lasting.refill = progress;
    }

    /** How far the copying of all its keys is, if that is under way. */
    public Optional<RefillProgress> refill() {
        return Optional.ofNullable(lasting.refill);
    }

    /** Whether every loop is connected. */
    public boolean up() {
        return connected.get() == connectionsWanted;
    }

    /** What the server answered to {@code version} when last connected. */
    public Optional<String> version() {
        return Optional.ofNullable(version);
    }

    /** Loops that are connected now. */
    public int connections() {
        return connected.get();
    }

    /** Connections lost since the start, by all loops together. */
    public long lostConnections() {
        return lasting.lostConnections.get();
    }

    /** Why a connection was last lost or not made; empty if that never was. */
    public Optional<String> lastFailure() {
        return Optional.ofNullable(lastFailure);
    }

    /**
     * The server has said what time it is.
     *
     * @param seconds   unix time by its clock
     * @param nowNanos  on the loops' clock
     */
    public void clockShows(long seconds, long nowNanos) {
        lasting.clock = new ClockReading(seconds, nowNanos);
    }

    /**
     * Unix time by the server's own clock, in seconds; 0 if it never said.
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
            LOG.info("server {} up version=\"{}\"", address, serverVersion);
        }
    }

    void lost(String reason) {
        lastFailure = reason;
        lasting.lostConnections.incrementAndGet();
        if (connected.getAndDecrement() == connectionsWanted) {
            reportedUnreachable.set(true);
            LOG.warn("server {} down reason=\"{}\"", address, reason);
        }
    }

    /** A connection was closed from here, which is no news. */
    void closed() {
        connected.decrementAndGet();
    }

    /** A try to connect failed; said once until the server is back, not once a try or loop. */
    void unreachable(String reason) {
        lastFailure = reason;
        if (reportedUnreachable.compareAndSet(false, true)) {
            LOG.warn("server {} unreachable reason=\"{}\" (trying on)", address, reason);
        }
    }
}
