package io.mempair.ha.agent;

import io.mempair.ha.check.Checks;
import io.mempair.ha.config.CertificateEnd;
import io.mempair.ha.config.ConfigFingerprint;
import io.mempair.ha.config.NodeConfig;
import io.mempair.ha.election.Effect;
import io.mempair.ha.election.Election;
import io.mempair.ha.election.Event;
import io.mempair.ha.election.Role;
import io.mempair.ha.election.Settings;
import io.mempair.ha.election.Transition;
import io.mempair.ha.group.OperatorMessage;
import io.mempair.ha.history.HistoryRecord;
import io.mempair.ha.metrics.PairMeter;
import io.mempair.ha.metrics.PairMetrics;
import io.mempair.ha.time.Clock;
import io.mempair.ha.time.Timers;
import io.mempair.proxy.config.FailureText;
import io.mempair.proxy.config.PoolConfig;
import io.mempair.proxy.inspect.RequestInspection;
import io.mempair.proxy.server.Proxy;
import io.mempair.proxy.server.ProxyHealth;
import io.mempair.proxy.server.ProxyTotals;
import io.mempair.proxy.server.ServerLatency;
import io.mempair.proxy.warmup.Warmup;
import io.micrometer.core.instrument.MeterRegistry;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A member of the pair: an election on its own thread, a proxy, the virtual address and the channel to the peer. */
public final class PairNode implements Node {

    private static final Logger LOG = LoggerFactory.getLogger(PairNode.class);

    /** Delay before closing, so that the peer can take over first: on one host both compete for the same processors. */
    private static final Duration PEER_FIRST = Duration.ofMillis(100);

    /** Longest wait for the agent thread to stop. */
    private static final Duration LEAVE_LIMIT = Duration.ofMillis(1_500);

    /** The part of the five seconds of {@link #stop} left for closing. */
    private static final Duration CLOSE_LIMIT = Duration.ofMillis(3_300);

    private final NodeConfig config;
    private final Supplier<NodeConfig> running;
    private final Proxy proxy;
    private final Reloading reloading;
    private final Warmup warmup;
    private final NodeParts parts;
    private final EventQueue events = new EventQueue();
    private final PairMetrics metrics = new PairMetrics();
    private final Timers timers = new Timers("mempair-timer");
    private final OperatorRequest switchover = new OperatorRequest("a switchover", timers);
    private final OperatorRequest handOver = new OperatorRequest("a hand-over to this node", timers);
    private final OperatorRequest maintenance = new OperatorRequest("a maintenance", timers);
    private final Closing closing;
    private final ServerStateReplicator exchange;
    private final HistoryKeeper history;
    private final SummaryExchange summaries;
    private final AgentLoop loop;
    private final Thread agent;
    private final CompletableFuture<Void> ended = new CompletableFuture<>();
    private final AtomicBoolean stopping = new AtomicBoolean();

    /**
     * Creates a node, not yet started. It owns {@code proxy} and closes it.
     *
     * @param running  what it runs by, after a reload; any thread
     * @param warmup   the standby's warmup
     * @param state    the folder for what outlives a restart, or null
     */
    public PairNode(
            NodeConfig config,
            Proxy proxy,
            Supplier<NodeConfig> running,
            Reloading reloading,
            Warmup warmup,
            @Nullable Path state) {
        this(config, proxy, running, reloading, warmup, state, null);
    }

    PairNode(
            NodeConfig config,
            Proxy proxy,
            Supplier<NodeConfig> running,
            Reloading reloading,
            Warmup warmup,
            @Nullable Path state,
            @Nullable NodeParts replaced) {
        this.config = config;
        this.running = running;
        this.warmup = warmup;
        this.proxy = proxy;
        this.reloading = reloading;
        this.parts = replaced == null ? NodeParts.real(config, metrics, proxy, state) : replaced;
        this.closing = new Closing(parts, proxy, timers);
        closing.closed().thenRun(() -> ended.complete(null));
        proxy.ended().exceptionally(broken -> {
            onBroken(broken);
            return null;
        });
        Settings settings = ElectionSettings.of(config, parts.clock().incarnation());
        Election start = Election.start(settings, parts.clock().nanoTime());
        this.exchange = new ServerStateReplicator(proxy, parts.group(), settings, events, start);
        this.history = new HistoryKeeper(config.name(), parts.group(), parts.history(), parts.clock());
        this.summaries = summaries(start);
        this.loop = new AgentLoop(
                start,
                events,
                new EffectExecutor(
                        proxy, parts.address(), parts.group(), exchange, summaries, new WarmupRun(warmup), events),
                this::onOwn,
                this::onBroken,
                this::onTransition,
                metrics,
                parts.clock(),
                settings.heartbeatNanos() / AgentLoop.TICKS_A_HEARTBEAT);
        this.agent = new Thread(loop, "mempair-agent");
        nameMeters();
        reloading.onEnd(this::onReloadEnd);
        reloading.onOutcome(this::onReloadOutcome);
    }

    private SummaryExchange summaries(Election start) {
        long nowNanos = parts.clock().nanoTime();
        SelfLook look = new SelfLook(
                proxy,
                () -> ConfigFingerprint.of(running.get()),
                config.admin().http().toString(),
                nowNanos);
        return new SummaryExchange(config.name(), parts.group(), look::at, history, start, nowNanos);
    }

    /** Agent thread. */
    private void onTransition(Transition transition) {
        history.changed(transition);
        if (transition.to() == Role.ACTIVE) {
            handOver.done(config.name() + " is active");
        }
        parts.announcer().accept(transition);
    }

    private void nameMeters() {
        Clock clock = parts.clock();
        metrics.with(PairMeter.EPOCH, () -> loop.election().epoch())
                .with(PairMeter.HOLDS_ADDRESS, () -> loop.election().addressSeen() ? 1 : 0)
                .with(PairMeter.LEASE_REMAINING, () -> loop.election().leaseRemainingNanos(clock.nanoTime()) / 1e9)
                .with(
                        PairMeter.PEER_HEARD,
                        () -> loop.election().peers().stream()
                                .mapToDouble(peer -> (clock.nanoTime() - peer.heardNanos()) / 1e9)
                                .min()
                                .orElse(Double.NaN))
                .with(PairMeter.PLACEMENT_DIFFERS, () -> peersThatPlaceOtherwise() ? 1 : 0)
                .with(PairMeter.EVENTS_DROPPED, events::dropped);
    }

    private boolean peersThatPlaceOtherwise() {
        Election election = loop.election();
        return election.peers().stream().anyMatch(peer -> election.isAlive(peer) && election.placesOtherwise(peer));
    }

    private void tellPlacement() {
        long placement = PlacementNumber.of(running.get().proxy().pool());
        events.put(now -> new Event.PlacementChanged(now, placement));
    }

    @Override
    public void start() {
        proxy.lease(parts.clock().nanoTime());
        exchange.follow();
        tellPlacement();
        Reports reports = new Reports(events, exchange, summaries, this::onHandOverAsked);
        proxy.start().whenComplete((done, failure) -> {
            if (failure == null) {
                parts.checks().start(reports);
            } else {
                String problem = "the proxy cannot start: " + FailureText.of(failure);
                LOG.error("not fit to be active: {} event=unfit", problem);
                reports.fitness(List.of(problem));
            }
        });
        parts.address().start(reports);
        parts.group().start(reports);
        agent.start();
    }

    @Override
    public NodeStatus status() {
        Election election = loop.election();
        long nowNanos = parts.clock().nanoTime();
        return new NodeStatus(
                NodeStatus.MemberKind.NODE,
                config.name(),
                election.role(),
                election.epoch(),
                election.activeNode(),
                election.reason().text(),
                (nowNanos - election.sinceNanos()) / 1_000_000,
                election.addressSeen(),
                NodeStatus.PeerStatus.of(election, summaries, nowNanos),
                proxy.health(),
                proxy.knowledge(),
                reloading.last(),
                new NodeStatus.FitnessStatus(election.inMaintenance(), checks(election, nowNanos), warnings()),
                summaries.own());
    }

    /** The results of the checks, and the problems found by the election itself. */
    private List<Checks.CheckStatus> checks(Election election, long nowNanos) {
        List<Checks.CheckStatus> all = new ArrayList<>(parts.checks().status());
        all.addAll(NodeStatus.links(parts.group()));
        if (election.hearsNamesake(nowNanos)) {
            all.add(new Checks.CheckStatus(
                    "node.name", false, "another node calls itself " + config.name() + ": rename one of the two"));
        }
        return all;
    }

    private List<String> warnings() {
        return Stream.of(
                        parts.address().warnings().stream(),
                        parts.checks().warnings().stream(),
                        proxy.health().servers().stream().flatMap(PairNode::sourceWarning))
                .flatMap(Function.identity())
                .toList();
    }

    private static Stream<String> sourceWarning(ProxyHealth.ServerStatus server) {
        return server.virtualSource() == null
                ? Stream.empty()
                : Stream.of("server " + server.address() + " is connected from the virtual address "
                        + server.virtualSource() + ": no own address of this host leads there, so it is out of reach"
                        + " as a standby. Give this host an address of its own in that network");
    }

    @Override
    public CompletionStage<String> switchover() {
        return switchover.begin(() -> events.put(Event.SwitchoverRequested::new));
    }

    @Override
    public CompletionStage<String> switchoverToThis() {
        if (loop.election().role() == Role.ACTIVE) {
            return CompletableFuture.failedFuture(
                    new IllegalStateException(config.name() + " is the active node already"));
        }
        return handOver.begin(
                () -> events.putTask(now -> parts.group().send(new OperatorMessage.HandOverRequest(config.name()))));
    }

    /** The operator of another node wants the address there. Any thread. */
    private void onHandOverAsked(String by) {
        if (loop.election().role() != Role.ACTIVE) {
            return; // only the active node has something to hand over
        }
        LOG.info("{} asks for a switchover event=switchover_asked", by);
        switchover().exceptionally(refusal -> {
            LOG.warn(
                    "the switchover that {} asked for failed: {} event=switchover_refused",
                    by,
                    FailureText.of(refusal));
            return "";
        });
    }

    @Override
    public CompletionStage<String> standby() {
        return maintenance.begin(() -> events.put(now -> new Event.MaintenanceRequested(now, true)));
    }

    @Override
    public CompletionStage<String> online() {
        return maintenance.begin(() -> events.put(now -> new Event.MaintenanceRequested(now, false)));
    }

    /** Called at the end of every reload, also a late one. Any thread. */
    private void onReloadEnd() {
        tellPlacement();
        events.putTask(exchange::onReloaded);
    }

    private void onReloadOutcome(boolean applied, String outcome) {
        proxy.countReload(applied);
        events.putTask(now -> history.reloaded(applied, outcome));
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
    public CompletionStage<Void> stop() {
        if (stopping.compareAndSet(false, true)) {
            events.put(Event.StopRequested::new);
            timers.after(agent.isAlive() ? LEAVE_LIMIT : Duration.ZERO, this::closeAll);
        }
        return closing.closed().minimalCompletionStage();
    }

    /** Executes effects that concern the node itself. Agent thread. */
    private void onOwn(Effect effect) {
        if (effect instanceof Effect.SwitchoverDone done) {
            switchover.done(done.line());
        } else if (effect instanceof Effect.SwitchoverFailed failed) {
            switchover.failed(failed.why());
        } else if (effect instanceof Effect.MaintenanceDone done) {
            maintenance.done(done.line());
        } else if (effect instanceof Effect.MaintenanceFailed failed) {
            maintenance.failed(failed.why());
        } else if (effect instanceof Effect.Stopped) {
            timers.after(PEER_FIRST, this::closeAll);
        } else {
            throw new AssertionError("effect without a rule: " + effect);
        }
    }

    /**
     * A node without its agent or event loops is useless: fails the stage of {@link #ended}, whose reader should end
     * the process, and closes the remaining parts. Any thread.
     */
    private void onBroken(Throwable failure) {
        if (!stopping.get()) {
            ended.completeExceptionally(failure);
        }
        closeAll();
    }

    private void closeAll() {
        closing.begin(CLOSE_LIMIT, this::stopDeciding, this::failRequests);
    }

    /** Stops reports to the agent, which has ended. */
    private void stopDeciding() {
        warmup.end();
        parts.checks().close();
        agent.interrupt();
    }

    private void failRequests() {
        history.close();
        switchover.failed("this node stopped");
        handOver.failed("this node stopped");
        maintenance.failed("this node stopped");
    }

    @Override
    public CompletionStage<Void> ended() {
        return ended.minimalCompletionStage();
    }

    @Override
    public long silenceNanos() {
        return loop.silenceNanos();
    }

    @Override
    public TakeOver takeOver() {
        Duration heldDown =
                Duration.ofNanos(loop.election().heldDownNanos(parts.clock().nanoTime()));
        return TakeOver.of(status(), config.group(), heldDown);
    }

    @Override
    public List<HistoryRecord> history() {
        return history.records();
    }

    @Override
    public List<ServerLatency> latencies() {
        return proxy.latencies();
    }

    @Override
    public NodeFacts facts() {
        return NodeFacts.of(config.virtualAddress(), config.proxy().listeners());
    }

    @Override
    public RequestInspection inspection() {
        return proxy.inspection();
    }

    @Override
    public Optional<PoolConfig> pool() {
        return Optional.of(running.get().proxy().pool());
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
        metrics.bindTo(registry);
        proxy.bindTo(registry);
    }
}
