package io.mempair.proxy.server;

import io.mempair.proxy.backend.SocketEnds;
import io.mempair.proxy.config.PoolConfig;
import io.mempair.proxy.config.ProxyConfig;
import io.mempair.proxy.handover.ClientHandover;
import io.mempair.proxy.inspect.RequestInspection;
import io.mempair.proxy.loop.Fence;
import io.mempair.proxy.replication.ServerKnowledge;
import io.mempair.proxy.transfer.RebalanceProgress;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * The data plane as the agent sees it: start, open the port, drain, close, health.
 *
 * <p>Every method may be called from any thread and returns without waiting for the network; what
 * takes time is a stage. Order of a life: {@link #start}, then any number of rounds of {@link #open},
 * {@link #drain}, {@link #dropClients}, and {@link #close} at the end.
 */
public interface Proxy extends AutoCloseable {

    /** A lease that never ends: for a proxy without a pair. */
    long NO_LEASE_LIMIT = Fence.UNLIMITED;

    /**
     * Starts the event loops and connects to the servers; the port stays closed. The stage completes
     * when the loops run, whether or not a server answers.
     */
    CompletionStage<Void> start();

    /**
     * Opens the listeners. The stage fails with {@link java.net.BindException} naming the address when one
     * cannot be opened; then none is open. Where keys are rebalanced it may first ask the servers which of them lead: up to four seconds
     * at the start of the process, up to two when a peer did not end its rebalance. Fails if {@link #drain} is called meanwhile.
     */
    CompletionStage<Void> open();

    /**
     * As {@link #open}, before this host has the addresses of the listeners: a new client then finds the port with the address. By
     * epoll and io_uring; with NIO it fails. The port is opened once more when the address is here, which changes nothing.
     */
    default CompletionStage<Void> openAhead() {
        return open();
    }

    /**
     * Closes the listeners immediately, accepts no further request, ends all repairs, and waits at most {@code grace}
     * until requests in flight are answered; then they are aborted. When the stage completes, the proxy sends no more
     * client requests or repairs to the servers. It never fails. Clients stay connected.
     */
    CompletionStage<Void> drain(Duration grace);

    /** Closes every client connection with a reset, so that clients connect again at once. */
    CompletionStage<Void> dropClients();

    /**
     * Sets until when the loops may serve, on the clock of {@link System#nanoTime}. A loop that finds the lease expired
     * drops its unsent requests and closes its clients. {@link #NO_LEASE_LIMIT} lifts the limit.
     */
    void lease(long untilNanos);

    /**
     * Applies other servers, timeouts and limits without losing a client or a request: new servers are connected, or
     * tried once, before they are used; requests in flight to a removed server are answered first. A server that stays
     * keeps its state, also with other TLS or login. The stage completes when every loop has changed, with remarks for
     * the operator. Server names are resolved again: a server whose name has another address now is connected there, as
     * another process with the same name. It fails, and nothing has changed, when another reload is under way, the
     * requests under way do not end, or the proxy closes; with {@link IllegalArgumentException} when {@code next} is to
     * blame: it differs in what a running proxy cannot change (listeners, loops, transport, latencies), the JDK refuses
     * a certificate or key, or servers do not take connections in the way it wants, or where their names lead now.
     */
    CompletionStage<List<String>> reload(ProxyConfig next);

    /**
     * The servers that clients are served by, and their placement: during a rebalance not yet those of the last reload. Empty if
     * there are none. Any thread.
     */
    default Optional<PoolConfig> leadingPool() {
        return Optional.empty();
    }

    /**
     * The servers by which this node places keys as soon as it serves, as the active node has told it; behind them those to which, or
     * from which, keys move. Empty if each node goes by its own file. Any thread.
     */
    default List<PoolConfig> agreedPools() {
        return List.of();
    }

    /** The rebalance that is under way, or the last one; empty if there was none. Any thread. */
    default Optional<RebalanceProgress> rebalance() {
        return Optional.empty();
    }

    /**
     * Gives up the rebalance that is under way: the former servers go on to serve or, while they are kept equal, serve again. The
     * stage completes with what became of it; it fails with {@link IllegalStateException} if none is under way, or it is too late.
     */
    default CompletionStage<String> abortRebalance() {
        return CompletableFuture.failedFuture(new IllegalStateException("no rebalance is under way"));
    }

    /**
     * Ends the time in which the former servers of a rebalance are kept equal. The stage completes with what becomes of it; it fails
     * with {@link IllegalStateException} if they are not.
     */
    default CompletionStage<String> finishRebalance() {
        return CompletableFuture.failedFuture(new IllegalStateException("no rebalance keeps its former servers"));
    }

    /** The configuration file has been read again: counts the outcome for {@code stats}. Any thread. */
    void countReload(boolean applied);

    /** The current state of the servers. Never blocks. */
    ServerKnowledge knowledge();

    /**
     * Replaces the local server state by the active node's. Only while the proxy is not {@link #open}; ignored
     * otherwise.
     */
    void learn(ServerKnowledge ofActive);

    /**
     * Runs {@code listener} at once, on any thread, when {@link #knowledge} changed; it must neither block nor ask for the
     * knowledge itself, because it runs while a server's state is locked. From then on the answer to a write
     * that missed a server waits until {@link #knownToPeers} was called with the version in which that server is out: so
     * that a peer that takes over knows of it.
     */
    void onKnowledge(Runnable listener);

    /** The peers have knowledge of at least this version, or there is no peer to tell. */
    void knownToPeers(long version);

    /**
     * Every peer that is heard has acknowledged at least this version, also one that {@link #knownToPeers} does not wait for, and
     * places keys as this node does; or there is no peer.
     */
    default void acknowledgedByPeers(long version) {}

    /**
     * Nanoseconds since the last turn of each event loop; a healthy loop stays under 200 ms once started. Costs one
     * read per loop; never blocks, never fails.
     */
    long[] loopSilenceNanos();

    /** The open connections to servers, of all loops; perhaps a moment old. Never blocks, never fails. */
    List<SocketEnds> serverSockets();

    /** The current health; never blocks, never fails. */
    ProxyHealth health();

    /** Requests taken from clients since the start, of every kind. Never blocks, never fails. */
    long requests();

    /** Latencies of the current servers, by server and command, merged over the loops. Never blocks, never fails. */
    List<ServerLatency> latencies();

    /** Everything counted since the start. Never blocks, never fails. */
    ProxyTotals totals();

    /** How connections of clients are handed over to another node, and taken from it. */
    default ClientHandover handover() {
        return ClientHandover.NONE;
    }

    /** How operators look at requests. */
    default RequestInspection inspection() {
        return RequestInspection.NONE;
    }

    /** Registers the meters of the data plane. Scraping reads counters of the loops; it does not stop them. */
    void bindTo(MeterRegistry registry);

    /**
     * The end of the proxy: completes when it closes; fails, with what broke, as soon as it cannot be relied on any more
     * although nobody closed it: an event loop ended, or memory ran out. Then the process should end at once: a proxy
     * whose loops are dead keeps its port open and answers nobody.
     */
    CompletionStage<Void> ended();

    /**
     * Drops clients, listeners, servers' connections and loops; waits for the loops at most two seconds, and not at all
     * when called by one of them.
     */
    @Override
    void close();
}
