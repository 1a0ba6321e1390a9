package io.mempair.proxy.server;

import io.mempair.proxy.config.ProxyConfig;
import io.mempair.proxy.loop.Fence;
import io.mempair.proxy.replication.ServerKnowledge;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;

/**
 * The data plane as the agent sees it: start, open the port, drain, close, health.
 *
 * <p>Every method may be called from any thread and returns without waiting for the network; what
 * takes time is a stage. Order of a life: {@link #start}, then any number of rounds of {@link #open},
 * {@link #drain}, {@link #dropClients}, and {@link #close} at the end.
 */
public interface Proxy extends AutoCloseable {

    /** A lease that never ends: for a proxy that serves alone. */
    long NO_LEASE_LIMIT = Fence.UNLIMITED;

    /**
     * Starts the event loops and connects to the servers; the port stays closed. The stage completes
     * when the loops run, whether or not a server answers.
     */
    CompletionStage<Void> start();

    /**
     * Opens the listeners. The stage fails with {@link java.net.BindException} naming the address when one
     * cannot be opened; then none is open.
     */
    CompletionStage<Void> open();

    /**
     * Closes the listeners at once, takes no further request, ends all repairs of servers, and waits until what is in flight
     * is answered, at most {@code grace}; then it is given up. When the stage completes, this proxy sends the servers nothing
     * more that a client asked for or that repairs them. It never fails. Clients stay connected.
     */
    CompletionStage<Void> drain(Duration grace);

    /** Closes every client connection with a reset, so that clients connect again at once. */
    CompletionStage<Void> dropClients();

    /**
     * Sets until when the loops may serve, on the clock of {@link System#nanoTime}. A loop that finds the lease over sends the
     * servers nothing of what it has for them, and closes its clients. {@link #NO_LEASE_LIMIT} lifts the limit.
     */
    void lease(long untilNanos);

    /**
     * Serves with other servers, timeouts and limits from now on, without losing a client or a request: new servers are
     * connected to, or have been tried once, before they are used; what is in flight on a server that goes is answered
     * first. What is known of a server that stays is kept, also when it is to be connected to in another way. The stage
     * completes when every loop has changed, with remarks for the operator. Names of servers are looked up again: one that means
     * another address by now is connected to there, as another process under the same name. It fails, and nothing has changed, when another reload is under way, the
     * requests under way do not end, or the proxy closes; with {@link IllegalArgumentException} when {@code next} is to
     * blame: it differs in what a running proxy cannot change (listeners, loops, transport, latencies), the JDK refuses a
     * certificate or key, or servers do not take connections in the way it wants, or where their names lead now.
     */
    CompletionStage<List<String>> reload(ProxyConfig next);

    /** What is known of the servers now. Never waits. */
    ServerKnowledge knowledge();

    /**
     * Takes what the active node knows of the servers in place of what this proxy found out. Only while it is not
     * {@link #open}; ignored otherwise.
     */
    void learn(ServerKnowledge ofActive);

    /**
     * Has {@code listener} told at once, on any thread, when {@link #knowledge} changed. From then on the answer to a write
     * that missed a server waits until {@link #knownToPeers} was called with the version in which that server is out: so
     * that a peer that takes over knows of it.
     */
    void onKnowledge(Consumer<ServerKnowledge> listener);

    /** The peers have knowledge of at least this version, or there is no peer to tell. */
    void knownToPeers(long version);

    /**
     * How long each event loop has not come round, by its number, in nanoseconds; a healthy one stays under 200 ms once
     * started. Costs a read for each loop: never waits, never fails.
     */
    long[] loopSilenceNanos();

    /** What the proxy is like now: never waits, never fails. */
    ProxyHealth health();

    /**
     * How long the servers of now took to answer, by server and command, merged over the loops; only what has been counted.
     * Never waits, never fails.
     */
    List<ServerLatency> latencies();

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
