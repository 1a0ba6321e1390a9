package io.mempair.ha.agent;

import io.mempair.proxy.backend.SocketEnds;
import io.mempair.proxy.config.PoolConfig;
import io.mempair.proxy.config.ProxyConfig;
import io.mempair.proxy.replication.ReplicaStatus;
import io.mempair.proxy.replication.ServerIdentity;
import io.mempair.proxy.replication.ServerKnowledge;
import io.mempair.proxy.replication.ServerKnowledge.Known;
import io.mempair.proxy.server.Proxy;
import io.mempair.proxy.server.ProxyHealth;
import io.mempair.proxy.server.ProxyTotals;
import io.mempair.proxy.server.ServerLatency;
import io.micrometer.core.instrument.MeterRegistry;
import java.net.BindException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;

/** A data plane in memory: opens and closes a port that is a flag, and remembers what was asked of it. */
final class FakeProxy implements Proxy {

    final List<String> calls = new CopyOnWriteArrayList<>();
    volatile boolean open;
    volatile boolean portInUse;
    volatile boolean closed;
    volatile long leaseUntilNanos;
    volatile long acknowledged;
    volatile List<PoolConfig> agreed = List.of();
    final CompletableFuture<Void> ended = new CompletableFuture<>();
    private volatile ServerKnowledge knowledge = ServerKnowledge.NONE;
    private volatile Runnable follower = () -> {};

    /** Finds out something about one server, and says so. */
    void findOut(long version, ReplicaStatus status) {
        know(new ServerKnowledge(
                version, List.of(new Known("m1:11211", false, status, new ServerIdentity(4_711, 1_790_000_000)))));
    }

    /** It knows that. */
    void tell(ServerKnowledge next) {
        know(next);
    }

    private void know(ServerKnowledge next) {
        knowledge = next;
        follower.run();
    }

    @Override
    public CompletionStage<Void> start() {
        calls.add("start");
        return CompletableFuture.completedFuture(null);
    }

    @Override
    public CompletionStage<Void> open() {
        calls.add("open");
        if (portInUse) {
            return CompletableFuture.failedFuture(new BindException("0.0.0.0:11211: Address already in use"));
        }
        open = true;
        return CompletableFuture.completedFuture(null);
    }

    @Override
    public CompletionStage<Void> drain(Duration grace) {
        calls.add("drain " + grace.toMillis());
        open = false;
        return CompletableFuture.completedFuture(null);
    }

    @Override
    public CompletionStage<Void> dropClients() {
        calls.add("dropClients");
        return CompletableFuture.completedFuture(null);
    }

    @Override
    public void lease(long untilNanos) {
        leaseUntilNanos = untilNanos;
    }

    @Override
    public CompletionStage<List<String>> reload(ProxyConfig next) {
        calls.add("reload " + next.pool().primaries());
        return CompletableFuture.completedFuture(List.of());
    }

    @Override
    public ServerKnowledge knowledge() {
        return knowledge;
    }

    @Override
    public void learn(ServerKnowledge ofActive) {
        calls.add((open ? "too late: " : "") + "learn " + ofActive.version());
        know(new ServerKnowledge(knowledge.version() + 1, ofActive.servers()));
    }

    @Override
    public void onKnowledge(Runnable listener) {
        follower = listener;
    }

    @Override
    public void knownToPeers(long version) {
        calls.add("known " + version);
    }

    @Override
    public List<PoolConfig> agreedPools() {
        return agreed;
    }

    @Override
    public void acknowledgedByPeers(long version) {
        acknowledged = version;
    }

    @Override
    public long[] loopSilenceNanos() {
        return new long[1];
    }

    @Override
    public List<SocketEnds> serverSockets() {
        return List.of();
    }

    @Override
    public ProxyHealth health() {
        return new ProxyHealth("fake", open, 0, 0, List.of());
    }

    @Override
    public CompletionStage<Void> ended() {
        return ended;
    }

    @Override
    public void countReload(boolean applied) {}

    @Override
    public long requests() {
        return 0;
    }

    @Override
    public List<ServerLatency> latencies() {
        return List.of();
    }

    @Override
    public ProxyTotals totals() {
        return ProxyTotals.NONE;
    }

    @Override
    public void bindTo(MeterRegistry registry) {}

    @Override
    public void close() {
        closed = true;
        open = false;
    }
}
