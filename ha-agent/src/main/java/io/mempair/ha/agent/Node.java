package io.mempair.ha.agent;

import io.mempair.proxy.server.ServerLatency;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.List;
import java.util.concurrent.CompletionStage;

/** A running member of the pair, as the faces (command line, HTTP, control socket) see it. Any thread. */
public interface Node {

    /** Starts the data plane, the guard and the channel; returns at once and never blocks on the peer. */
    void start();

    /** What the node is now: never waits, never fails. */
    NodeStatus status();

    /**
     * Hands the address to the peer. The stage completes with one line for the operator when the peer is
     * active; it fails with {@link IllegalStateException} saying why when this node is not active, no fit
     * peer is there, or the peer did not take over in time (then this node is active again).
     */
    CompletionStage<String> switchover();

    /**
     * Takes this node out for maintenance: it hands the address to the peer if it has it, and does not take it until
     * {@link #online}. The stage completes with one line for the operator when this node has let go; it fails with
     * {@link IllegalStateException} saying why when it did not, because nobody else would serve, say.
     */
    CompletionStage<String> standby();

    /** Ends what {@link #standby} began; nothing changes for a node that is not in maintenance. Completes and fails likewise. */
    CompletionStage<String> online();

    /**
     * Reads the file again and runs by it from then on, without dropping a client. The stage completes with one line:
     * what changed. It fails with {@link io.mempair.ha.config.ConfigException} when the file is to blame, with another
     * exception when there is no file or it did not work; nothing has changed then.
     */
    CompletionStage<String> reload();

    /**
     * Hands over if active, leaves the group and stops everything. The stage never fails and completes
     * within five seconds. There is no way back.
     */
    CompletionStage<Void> stop();

    /**
     * The end of the node: completes when it has stopped; fails, with what broke, as soon as it can never be active
     * again, although nobody stopped it. Then the process should end, and be started anew.
     */
    CompletionStage<Void> ended();

    /**
     * How long what does the work of this node has not come round, in nanoseconds: the thread that decides, or for a proxy
     * alone the most silent of its event loops. Never waits, never fails.
     */
    long silenceNanos();

    /** How long the servers took to answer; empty for a node that has none, or does not count it. */
    List<ServerLatency> latencies();

    /** Registers the meters of the pair and of the data plane. */
    void bindTo(MeterRegistry registry);
}
