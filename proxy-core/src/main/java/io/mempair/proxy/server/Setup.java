package io.mempair.proxy.server;

import io.mempair.proxy.backend.ServerAccess;
import io.mempair.proxy.backend.ServerState;
import io.mempair.proxy.backend.SourceAddress;
import io.mempair.proxy.config.CopyPolicy;
import io.mempair.proxy.config.LayoutText;
import io.mempair.proxy.config.PoolConfig;
import io.mempair.proxy.config.ProxyConfig;
import io.mempair.proxy.config.ServerAddress;
import io.mempair.proxy.metrics.ServerLatencies;
import io.mempair.proxy.metrics.TimedCommand;
import io.mempair.proxy.pool.PoolServers;
import io.mempair.proxy.replication.CasIds;
import io.mempair.proxy.replication.PeerKnowledge;
import io.mempair.proxy.replication.RefillState;
import io.mempair.proxy.replication.ReplicaState;
import io.mempair.proxy.server.MovedNames.Move;
import io.mempair.proxy.server.ProxyHealth.ServerStatus;
import io.mempair.proxy.server.ProxyHealth.ServerTier;
import io.mempair.proxy.transfer.MoveMarkers;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The configuration of the proxy and the shared server states. A reload replaces it as a whole.
 *
 * @param config   as the operator wrote it
 * @param servers  primaries first, then backups
 * @param access   what each connection to them needs first
 * @param peers    told of what becomes of the servers
 * @param markers  decide about servers that hold the marker of a rebalance
 * @param casIds   how clients are told cas ids where keys have one copy
 */
record Setup(
        ProxyConfig config,
        List<ServerState> servers,
        ServerAccess access,
        PeerKnowledge peers,
        MoveMarkers markers,
        CasIds casIds) {

    private static final String REMEDY =
            " (nothing was changed: correct the keys server-auth-file and server-tls..., or the server, and reload"
                    + " again)";

    private static final String MOVE_REMEDY =
            " (nothing was changed: start the server there, or correct what the name means, and reload again)";

    Setup {
        servers = List.copyOf(servers);
    }

    /** The pool of this setup. */
    PoolServers pool() {
        return new PoolServers(config.pool(), servers);
    }

    /** The first setup of a proxy. */
    static Setup of(ProxyConfig config) {
        ServerAccess access = ServerAccess.of(config.pool().security(), new SourceAddress(config.virtualAddresses()));
        Setup first = new Setup(config, List.of(), access, new PeerKnowledge(), new MoveMarkers(), new CasIds())
                .next(config, MovedNames.NONE);
        first.tellServers();
        return first;
    }

    /**
     * The setup for another configuration. A server that stays, in either tier, keeps its state. A server that is connected
     * to differently from now on, or at another address of its name, keeps everything known about it. Servers that get a
     * second copy of their keys learn it at once, because a new connection to them asks for more; everything else they learn
     * from {@link #tellServers}.
     *
     * @param moved  which servers have moved
     * @throws IllegalArgumentException if the JDK refuses a certificate or key
     */
    Setup next(ProxyConfig next, MovedNames moved) {
        PoolConfig pool = next.pool();
        ServerAccess nextAccess = pool.security().equals(config.pool().security())
                ? access
                : ServerAccess.of(pool.security(), access.source());
        List<ServerState> left = new ArrayList<>(servers);
        int primaries = Math.min(config.pool().primaries().size(), servers.size());
        // its own tier first, for an address that is in both
        List<ServerState> states = new ArrayList<>();
        for (ServerAddress address : pool.primaries()) {
            states.add(take(address, servers.subList(0, primaries), left, next, nextAccess, moved));
        }
        for (ServerAddress address : pool.backups()) {
            states.add(take(address, servers.subList(primaries, servers.size()), left, next, nextAccess, moved));
        }
        if (pool.hasBackupTier()) {
            states.forEach(state -> {
                if (!servers.isEmpty() && earlier(state).isEmpty()) {
                    state.replica().added();
                }
                state.twin(true);
            });
        }
        states.forEach(state -> state.rebalances(pool.rebalance().copies() ? markers : null));
        return new Setup(next, states, nextAccess, peers, markers, casIds);
    }

    /** The same server in this setup. */
    private Optional<ServerState> earlier(ServerState state) {
        return servers.stream().filter(state::isSame).findFirst();
    }

    /** A rebalance has copied all keys to the servers that {@code former} does not have: they lack none. */
    void filledSince(Setup former) {
        for (ServerState server : servers) {
            if (former.earlier(server).isEmpty()) {
                RefillState refill = server.replica().refill();
                refill.completed(refill.generation());
            }
        }
    }

    /** Tells the servers that this setup is now in use, and what follows from it for them. */
    void tellServers() {
        PoolConfig pool = config.pool();
        markers.leads(LayoutText.of(pool));
        for (ServerState server : servers) {
            server.takesOver();
            server.rebalances(pool.rebalance().copies() ? markers : null);
            server.twin(pool.hasBackupTier());
            server.forgetTwin();
            server.replica().missedWrites().limitJournal(pool.copies().journalBytes());
        }
        pool().tellTwins();
    }

    /**
     * Whether {@code next} moves no copy of a key and replaces no connection, or there is only one copy before and after. A
     * connection that is replaced may have requests in flight, which must not be overtaken.
     */
    boolean keepsPlaces(Setup next) {
        PoolConfig now = config.pool();
        PoolConfig then = next.config.pool();
        boolean sameTiers = servers.equals(next.servers)
                && now.primaries().size() == then.primaries().size()
                && now.placement().equals(then.placement());
        return sameTiers || !(now.hasBackupTier() || then.hasBackupTier() || replacesConnectionsBy(next));
    }

    private boolean replacesConnectionsBy(Setup next) {
        return next.servers.stream()
                .anyMatch(server -> !servers.contains(server) && earlier(server).isPresent());
    }

    /**
     * Why this setup, whose connections have been tried, must not replace {@code now}: a server is connected to differently,
     * or at another address, and that does not work. Empty if it may.
     */
    Optional<String> unreachable(Setup now, MovedNames moved) {
        for (ServerState server : servers) {
            Optional<ServerState> earlier = now.earlier(server);
            if (earlier.isEmpty() || earlier.get() == server || !earlier.get().up() || server.up()) {
                continue;
            }
            Optional<Move> move = moved.of(earlier.get());
            if (move.isPresent()) {
                return Optional.of("server " + move.get() + ", where it does not answer: "
                        + server.lastFailure().orElse("no answer") + MOVE_REMEDY);
            }
            return Optional.of("server " + server.address() + " takes connections as they are, but not with the new"
                    + " login, TLS or certificates: " + server.lastFailure().orElse("no answer") + REMEDY);
        }
        if (access.equals(now.access)) {
            return Optional.empty();
        }
        return servers.stream().anyMatch(ServerState::up)
                ? Optional.empty()
                : Optional.of("no server can be connected to with the new login, TLS or certificates; "
                        + servers.get(0).address() + ": "
                        + servers.get(0).lastFailure().orElse("no answer") + REMEDY);
    }

    private ServerState take(
            ServerAddress address,
            List<ServerState> sameTier,
            List<ServerState> left,
            ProxyConfig next,
            ServerAccess nextAccess,
            MovedNames moved) {
        Optional<ServerState> stays = left.stream()
                .filter(state -> state.address().equals(address) && sameTier.contains(state))
                .findFirst()
                .or(() -> left.stream()
                        .filter(state -> state.address().equals(address))
                        .findFirst());
        stays.ifPresent(left::remove);
        return stays.map(state -> followed(state, nextAccess, moved))
                .orElseGet(() -> new ServerState(
                        address,
                        next.loops(),
                        nextAccess,
                        new ReplicaState(address.toString(), peers, CopyPolicy.DEFAULT.journalBytes()),
                        next.latencies() ? new ServerLatencies() : null));
    }

    private ServerState followed(ServerState state, ServerAccess nextAccess, MovedNames moved) {
        ServerState sameWay = nextAccess.equals(access) ? state : state.approachedBy(nextAccess);
        return moved.of(state).map(move -> state.movedTo(move.to(), nextAccess)).orElse(sameWay);
    }

    /** The settings in {@code next} that need a restart, by the names of {@link ProxyConfig}; empty if there are none. */
    List<String> needsRestart(ProxyConfig next) {
        List<String> fixed = new ArrayList<>();
        if (!next.listeners().hasPlacesOf(config.listeners())) {
            fixed.add("listeners");
        }
        if (next.loops() != config.loops()) {
            fixed.add("loops");
        }
        if (next.transport() != config.transport()) {
            fixed.add("transport");
        }
        if (next.latencies() != config.latencies()) {
            fixed.add("latencies");
        }
        if (!next.gather().equals(config.gather())) {
            fixed.add("gather");
        }
        return fixed;
    }

    ServerTier tierOf(ServerState server) {
        return servers.indexOf(server) < config.pool().primaries().size() ? ServerTier.PRIMARY : ServerTier.BACKUP;
    }

    /** The latencies recorded for each server and command; empty if none are. */
    List<ServerLatency> latencies() {
        List<ServerLatency> counted = new ArrayList<>();
        for (ServerState server : servers) {
            server.latencies().ifPresent(latencies -> {
                for (TimedCommand command : TimedCommand.values()) {
                    ServerLatencies.Histogram histogram = latencies.histogram(command);
                    if (!histogram.isEmpty()) {
                        counted.add(new ServerLatency(server.address(), tierOf(server), command, histogram));
                    }
                }
            });
        }
        return counted;
    }

    List<ServerStatus> statuses() {
        return servers.stream().map(this::status).toList();
    }

    private ServerStatus status(ServerState server) {
        boolean up = server.up();
        InetAddress virtual = server.virtualSource();
        return new ServerStatus(
                server.address(),
                tierOf(server),
                up,
                server.replica().missedWrites().journaledKeys(),
                server.refill().orElse(null),
                up ? null : server.lastFailure().orElse(null),
                virtual == null ? null : virtual.getHostAddress());
    }
}
