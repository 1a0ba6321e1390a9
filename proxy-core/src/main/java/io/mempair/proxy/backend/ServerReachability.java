package io.mempair.proxy.backend;

import io.mempair.proxy.config.ServerAddress;
import java.net.InetAddress;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** How many loops are connected to one server. Logs when it goes up or down, once and not per loop. Any thread. */
final class ServerReachability {

    private static final Logger LOG = LoggerFactory.getLogger(ServerReachability.class);

    private final ServerAddress address;
    private final int connectionsWanted;
    private final AtomicLong lostConnections;
    private final AtomicInteger connected = new AtomicInteger();
    private final AtomicBoolean reportedUnreachable = new AtomicBoolean();

    private volatile @Nullable String version;
    private volatile @Nullable String lastFailure;
    private volatile @Nullable InetAddress virtualSource;

    /**
     * @param connectionsWanted  one for each loop
     * @param lostConnections    counts the connections lost
     */
    ServerReachability(ServerAddress address, int connectionsWanted, AtomicLong lostConnections) {
        this.address = address;
        this.connectionsWanted = connectionsWanted;
        this.lostConnections = lostConnections;
    }

    /** Whether every loop is connected. */
    boolean up() {
        return connected.get() == connectionsWanted;
    }

    /** Number of connected loops. */
    int connections() {
        return connected.get();
    }

    /** The reply to {@code version} at the last handshake. */
    Optional<String> version() {
        return Optional.ofNullable(version);
    }

    /** Reason of the last lost or failed connection; empty if there was none. */
    Optional<String> lastFailure() {
        return Optional.ofNullable(lastFailure);
    }

    /** The virtual address that its last connection came from; null if it came from an own one. */
    @Nullable
    InetAddress virtualSource() {
        return virtualSource;
    }

    /** One more loop is connected. */
    void connected(String serverVersion) {
        version = serverVersion;
        if (connected.incrementAndGet() == connectionsWanted) {
            reportedUnreachable.set(false);
            LOG.atInfo()
                    .addKeyValue("server", address)
                    .log("server {} up version=\"{}\" event=server_up", address, serverVersion);
        }
    }

    /** A connection comes from that virtual address, or from an own one if it is null. Logged when it changes. */
    void comesFrom(@Nullable InetAddress virtual) {
        boolean changed = !Objects.equals(virtualSource, virtual);
        virtualSource = virtual;
        if (changed && virtual != null) {
            LOG.atWarn()
                    .addKeyValue("server", address)
                    .addKeyValue("address", virtual.getHostAddress())
                    .log(
                            "server {} is connected from the virtual address {}: no own address of this host leads there, so"
                                    + " it is out of reach as a standby, and connections are left behind on it if this host is lost event=server_virtual_source",
                            address,
                            virtual.getHostAddress());
        }
    }

    /** A loop has lost its connection. */
    void lost(String reason) {
        lastFailure = reason;
        lostConnections.incrementAndGet();
        if (connected.getAndDecrement() == connectionsWanted) {
            reportedUnreachable.set(true);
            LOG.atWarn()
                    .addKeyValue("server", address)
                    .log("server {} down reason=\"{}\" event=server_down", address, reason);
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
            LOG.atWarn()
                    .addKeyValue("server", address)
                    .log("server {} unreachable reason=\"{}\" (retrying) event=server_unreachable", address, reason);
        }
    }
}
