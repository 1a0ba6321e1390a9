package io.mempair.ha.cli;

import io.mempair.ha.agent.Node;
import io.mempair.ha.agent.NodeFacts;
import io.mempair.ha.agent.NodeStatus;
import io.mempair.ha.agent.Reloading;
import io.mempair.ha.agent.TakeOver;
import io.mempair.ha.check.OwnAddress;
import io.mempair.ha.config.CertificateEnd;
import io.mempair.ha.config.ProxyFile;
import io.mempair.ha.election.Role;
import io.mempair.ha.group.MemberSummary;
import io.mempair.ha.history.History;
import io.mempair.ha.history.HistoryRecord;
import io.mempair.ha.metrics.BuildVersion;
import io.mempair.ha.time.Clock;
import io.mempair.ha.time.SystemClock;
import io.mempair.ha.time.Timers;
import io.mempair.proxy.config.PoolConfig;
import io.mempair.proxy.config.ServerAddress;
import io.mempair.proxy.inspect.RequestInspection;
import io.mempair.proxy.server.Proxy;
import io.mempair.proxy.server.ProxyHealth;
import io.mempair.proxy.server.ProxyTotals;
import io.mempair.proxy.server.ServerLatency;
import io.mempair.proxy.transfer.RebalanceProgress;
import io.micrometer.core.instrument.MeterRegistry;
import io.netty.util.NetUtil;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A proxy without a pair, as the faces see it: it has neither a role of a pair, nor a virtual address, nor a peer. */
final class StandaloneProxy implements Node {

    /** How long requests in flight may take once the proxy was told to stop. */
    private static final Duration DRAIN = Duration.ofSeconds(2);

    /** How soon an address that has come is listened on. */
    private static final Duration LOOK = Duration.ofMillis(500);

    private static final String NAME = "proxy";

    private static final String ALONE = "this proxy runs alone, there is no peer";
    private static final Logger LOG = LoggerFactory.getLogger(StandaloneProxy.class);

    private final Proxy proxy;
    private final Supplier<ProxyFile> running;
    private final Reloading reloading;
    private final Timers timers = new Timers("mempair-late-address");
    private final CompletableFuture<Void> ended = new CompletableFuture<>();
    private final History history = new History();
    private final Clock clock = new SystemClock();
    private volatile String reason = "starting";

    /** @param running  what it runs by, after a reload; any thread */
    StandaloneProxy(Proxy proxy, Supplier<ProxyFile> running, Reloading reloading) {
        this.proxy = proxy;
        this.running = running;
        this.reloading = reloading;
        reloading.onOutcome(this::reloaded);
        proxy.ended().exceptionally(broken -> {
            ended.completeExceptionally(broken);
            return null;
        });
    }

    @Override
    public void start() {
        startAndOpen();
    }

    /**
     * As {@link #start}, and tells whether the ports are open; if not, an address of theirs has not come yet, and they are opened
     * when it has. Fails with what the proxy failed with otherwise.
     */
    CompletionStage<Boolean> startAndOpen() {
        return proxy.start()
                .thenCompose(started -> {
                    proxy.lease(Proxy.NO_LEASE_LIMIT);
                    return open();
                })
                .exceptionally(failure -> {
                    reason = "not open: " + failure.getMessage();
                    throw failure instanceof CompletionException wrapped ? wrapped : new CompletionException(failure);
                });
    }

    private CompletionStage<Boolean> open() {
        return proxy.open()
                .thenApply(opened -> {
                    reason = "serves alone";
                    return true;
                })
                .exceptionally(failure -> {
                    String late = lateAddress();
                    if (late == null) {
                        throw failure instanceof CompletionException wrapped
                                ? wrapped
                                : new CompletionException(failure);
                    }
                    if (!late.equals(reason)) {
                        LOG.atError().addKeyValue("reason", late).log("not open yet: {} event=listen_waits", late);
                    }
                    reason = late;
                    timers.after(LOOK, this::openLater);
                    return false;
                });
    }

    private void openLater() {
        open().whenComplete((open, failure) -> {
            if (failure != null) {
                ended.completeExceptionally(failure);
            } else if (open) {
                LOG.atInfo()
                        .addKeyValue("listen", listens())
                        .log("the late address has come, serving on {} event=listen_open", listens());
            }
        });
    }

    private List<ServerAddress> listens() {
        return running.get().proxy().listeners().addresses();
    }

    /** Tells an address that is late from a port that is in use. */
    private @Nullable String lateAddress() {
        for (ServerAddress address : listens()) {
            if (NetUtil.createInetAddressFromIpAddressString(address.host()) != null) {
                String problem = OwnAddress.problem("proxy.listen", address.host());
                if (problem != null) {
                    return problem;
                }
            }
        }
        return null;
    }

    @Override
    public NodeStatus status() {
        var health = proxy.health();
        long upMillis = ManagementFactory.getRuntimeMXBean().getUptime();
        boolean serves = health.open() && health.ailments().isEmpty();
        Role role = serves ? Role.ACTIVE : Role.FAULT;
        return new NodeStatus(
                NodeStatus.MemberKind.PROXY,
                NAME,
                role,
                0,
                null,
                health.ailments().isEmpty() ? reason : String.join(", ", health.ailments()),
                upMillis,
                false,
                List.of(),
                health,
                proxy.knowledge(),
                reloading.last(),
                NodeStatus.FitnessStatus.PLAIN,
                summary(health, upMillis));
    }

    private MemberSummary summary(ProxyHealth health, long upMillis) {
        int servers = health.servers().size();
        int up = (int)
                health.servers().stream().filter(ProxyHealth.ServerStatus::up).count();
        return new MemberSummary(
                BuildVersion.number(),
                upMillis / 1_000,
                false,
                health.open(),
                false,
                health.clients(),
                servers,
                up,
                0,
                0,
                0,
                "");
    }

    @Override
    public CompletionStage<String> switchover() {
        return noPeer();
    }

    @Override
    public CompletionStage<String> switchoverToThis() {
        return noPeer();
    }

    @Override
    public CompletionStage<String> standby() {
        return noPeer();
    }

    @Override
    public CompletionStage<String> online() {
        return noPeer();
    }

    private static CompletionStage<String> noPeer() {
        return CompletableFuture.failedFuture(new IllegalStateException(ALONE));
    }

    @Override
    public CompletionStage<String> reload() {
        return reloading.begin();
    }

    @Override
    public CompletionStage<String> previewReload() {
        return reloading.preview();
    }

    @Override
    public String rebalance() {
        return proxy.rebalance().map(RebalanceProgress::toString).orElseGet(Node.super::rebalance);
    }

    @Override
    public CompletionStage<String> finishRebalance() {
        return proxy.finishRebalance();
    }

    @Override
    public CompletionStage<String> abortRebalance() {
        return proxy.abortRebalance();
    }

    @Override
    public CompletionStage<Void> stop() {
        reason = "stopping";
        timers.close();
        return proxy.drain(DRAIN).thenRunAsync(proxy::close).whenComplete((done, failure) -> ended.complete(null));
    }

    @Override
    public CompletionStage<Void> ended() {
        return ended.minimalCompletionStage();
    }

    @Override
    public long silenceNanos() {
        return proxy.health().loopStallNanos();
    }

    /** A proxy alone has no state folder: what it remembers ends with it. */
    private synchronized void reloaded(boolean applied, String outcome) {
        proxy.countReload(applied);
        history.add(HistoryRecord.ofReload(history.timeFor(NAME, clock.wallMillis()), NAME, applied, outcome));
    }

    @Override
    public TakeOver takeOver() {
        return TakeOver.never(ALONE);
    }

    @Override
    public synchronized List<HistoryRecord> history() {
        return history.records();
    }

    @Override
    public List<ServerLatency> latencies() {
        return proxy.latencies();
    }

    @Override
    public NodeFacts facts() {
        return NodeFacts.NONE;
    }

    @Override
    public RequestInspection inspection() {
        return proxy.inspection();
    }

    @Override
    public Optional<PoolConfig> pool() {
        return proxy.leadingPool();
    }

    @Override
    public List<CertificateEnd> certificates() {
        return CertificateEnd.of(running.get());
    }

    @Override
    public ProxyTotals totals() {
        return proxy.totals();
    }

    @Override
    public void bindTo(MeterRegistry registry) {
        proxy.bindTo(registry);
    }
}
