package io.mempair.ha.agent;

import io.mempair.ha.config.CertificateEnd;
import io.mempair.ha.history.HistoryRecord;
import io.mempair.proxy.config.PoolConfig;
import io.mempair.proxy.inspect.RequestInspection;
import io.mempair.proxy.server.ProxyTotals;
import io.mempair.proxy.server.ServerLatency;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** A running member of the pair, as seen by the command line, HTTP and the control socket. Any thread. */
public interface Node {

    /** Starts the data plane, the guard and the channel; returns at once and never blocks on the peer. */
    void start();

    /** The current status; never blocks, never fails. */
    NodeStatus status();

    /**
     * Hands the address to the peer. The stage completes with one line for the operator when the peer is
     * active; it fails with {@link IllegalStateException} saying why when this node is not active, no fit
     * peer is there, or the peer did not take over in time (then this node is active again).
     */
    CompletionStage<String> switchover();

    /**
     * The same in the other direction: asks the active node to hand the address to this one. The stage completes with one
     * line when this node is active; it fails with {@link IllegalStateException} when it is already, or did not become so
     * in time, for example because the active node refused, which its log says.
     */
    CompletionStage<String> switchoverToThis();

    /**
     * Takes this node out for maintenance: it hands the address to the peer, if it holds it, and does not claim it
     * until {@link #online}. The stage completes with one line for the operator when this node has released the
     * address. It fails with {@link IllegalStateException} and the reason otherwise, for example because no other node
     * would serve.
     */
    CompletionStage<String> standby();

    /**
     * Ends the maintenance that {@link #standby} began; has no effect otherwise. Completes and fails in the same way.
     */
    CompletionStage<String> online();

    /**
     * Reads the configuration file again and applies it without dropping a client. The stage completes with one line
     * that lists the changes. It fails with {@link io.mempair.ha.config.ConfigException} if the file is invalid, with
     * another exception if there is no file or applying it failed; then nothing has changed.
     */
    CompletionStage<String> reload();

    /** Says what {@link #reload} would change, and changes nothing; fails as it does. */
    CompletionStage<String> previewReload();

    /** One line about the rebalance that is under way, or the last one. Never blocks, never fails. */
    default String rebalance() {
        return "no rebalance since the start";
    }

    /**
     * Gives up the rebalance that is under way. The stage completes with what became of it; it fails with
     * {@link IllegalStateException} if none is under way or it is too late.
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

    /**
     * Hands over if active, leaves the group and stops everything. The stage never fails and completes within five
     * seconds. A stopped node cannot start again.
     */
    CompletionStage<Void> stop();

    /**
     * The end of the node: completes when it has stopped; fails with the cause as soon as it can never be active again
     * without having been stopped. The process should then exit and be restarted.
     */
    CompletionStage<Void> ended();

    /**
     * Nanoseconds since the node's main thread last made progress: the agent thread, or for a proxy alone the slowest
     * event loop. Never blocks, never fails.
     */
    long silenceNanos();

    /** What would have to be true for this member to take over; never blocks, never fails. */
    TakeOver takeOver();

    /** What happened to the members of the pair, as far as this one knows, oldest first. Never blocks, never fails. */
    List<HistoryRecord> history();

    /** Latencies of the servers; empty for a node without servers, or if they are not recorded. */
    List<ServerLatency> latencies();

    /** What does not change while it runs. */
    NodeFacts facts();

    /** The servers and their placement as it runs by them now; empty for a witness. Never blocks, never fails. */
    Optional<PoolConfig> pool();

    /** Until when the certificates are valid that it uses now. Never blocks, never fails. */
    List<CertificateEnd> certificates();

    /** What the data plane has counted since its start. Never blocks, never fails. */
    ProxyTotals totals();

    /** How operators look at the requests of clients. */
    default RequestInspection inspection() {
        return RequestInspection.NONE;
    }

    /** Registers the meters of the pair and of the data plane. */
    void bindTo(MeterRegistry registry);
}
