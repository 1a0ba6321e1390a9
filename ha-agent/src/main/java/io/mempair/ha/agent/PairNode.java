package io.mempair.ha.agent;

import io.mempair.ha.check.HandoverNeeds;
import io.mempair.ha.config.CertificateEnd;
import io.mempair.ha.config.NodeConfig;
import io.mempair.ha.election.Effect;
import io.mempair.ha.election.Election;
import io.mempair.ha.election.Event;
import io.mempair.ha.election.Role;
import io.mempair.ha.election.Settings;
import io.mempair.ha.election.Transition;
import io.mempair.ha.history.HistoryRecord;
import io.mempair.ha.metrics.PairMetrics;
import io.mempair.ha.time.Timers;
import io.mempair.proxy.config.FailureText;
import io.mempair.proxy.config.PoolConfig;
import io.mempair.proxy.inspect.RequestInspection;
import io.mempair.proxy.server.Proxy;
import io.mempair.proxy.server.ProxyTotals;
import io.mempair.proxy.server.ServerLatency;
import io.mempair.proxy.warmup.Warmup;
import io.micrometer.core.instrument.MeterRegistry;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
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

    /** What a hand-over of connections may add to it. */
    private static final Duration HANDOVER_TIME = Duration.ofSeconds(2);

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
    private final OperatorCommands operator;
    private final Closing closing;
    private final ServerStateReplicator exchange;
    private final HistoryKeeper history;
    private final SummaryExchange summaries;
    private final HandoverReadiness readiness;
    private final HandoverRun handover;
    private final PairStatus status;
    private final TellingPlacement placements = new TellingPlacement();
    private final PairRebalance rebalances;
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
        this.parts = replaced == null ? NodeParts.real(config, running, metrics, proxy, state) : replaced;
        this.closing = new Closing(parts, proxy, timers);
        closing.closed().thenRun(() -> ended.complete(null));
        proxy.ended().exceptionally(broken -> {
            onBroken(broken);
            return null;
        });
        Settings settings = ElectionSettings.of(config, parts.clock().incarnation());
        long nowNanos = parts.clock().nanoTime();
        Election start = Election.start(settings, nowNanos);
        this.exchange = new ServerStateReplicator(proxy, parts.group(), settings, events, start, this::tellPlacement);
        this.readiness = new HandoverReadiness(
                config.group().handover(),
                new HandoverNeeds(config.virtualAddress(), config.hooks(), config.proxy(), proxy.handover()::refusal),
                events);
        this.history = new HistoryKeeper(config.name(), parts.group(), parts.history(), parts.clock());
        this.summaries = new SummaryExchange(
                config.name(),
                parts.group(),
                SelfLook.of(config, running, proxy, readiness::ability, nowNanos)::at,
                history,
                start,
                nowNanos);
        this.handover = new HandoverRun(
                config.name(),
                readiness,
                Set.copyOf(config.virtualAddress().inetAddresses()),
                proxy,
                parts.group(),
                events,
                metrics.handovers());
        this.loop = agentLoop(start, settings);
        this.agent = new Thread(loop, "mempair-agent");
        this.operator = new OperatorCommands(config.name(), parts.group(), events, timers, loop::election);
        this.status = new PairStatus(config, proxy, parts, reloading, summaries, readiness::warnings, loop::election);
        this.rebalances = new PairRebalance(proxy, loop::election);
        ElectionGauges.name(metrics, loop::election, parts.clock(), events);
        reloading.onEnd(this::onReloadEnd);
        reloading.onOutcome(this::onReloadOutcome);
    }

    private AgentLoop agentLoop(Election start, Settings settings) {
        return new AgentLoop(
                start,
                events,
                new EffectExecutor(
                        proxy,
                        parts.address(),
                        parts.group(),
                        exchange,
                        summaries,
                        new WarmupRun(warmup),
                        handover,
                        readiness,
                        events,
                        parts.clock()),
                this::onOwn,
                this::onBroken,
                this::onTransition,
                metrics,
                parts.clock(),
                settings.heartbeatNanos() / AgentLoop.TICKS_A_HEARTBEAT);
    }

    /** Agent thread. */
    private void onTransition(Transition transition) {
        history.changed(transition);
        if (transition.to() == Role.ACTIVE) {
            operator.becameActive();
        }
        parts.announcer().accept(transition);
    }

    /** Tells the election by which servers this node places keys, if that has changed. Any thread. */
    private void tellPlacement() {
        placements.of(proxy, running.get().proxy().pool()).ifPresent(event -> events.put(event::at));
    }

    @Override
    public void start() {
        proxy.lease(parts.clock().nanoTime());
        exchange.follow();
        tellPlacement();
        readiness.start();
        Reports reports = new Reports(events, exchange, summaries, operator::onHandOverAsked);
        proxy.start().whenComplete((done, failure) -> {
            if (failure == null) {
                parts.checks().start(reports);
            } else {
                String problem = "the proxy cannot start: " + FailureText.of(failure);
                LOG.atError().addKeyValue("reason", problem).log("not fit to be active: {} event=unfit", problem);
                reports.fitness(List.of(problem));
            }
        });
        parts.address().start(reports);
        parts.group().start(reports);
        agent.start();
    }

    @Override
    public NodeStatus status() {
        return status.now();
    }

    @Override
    public CompletionStage<String> switchover() {
        return operator.switchover();
    }

    @Override
    public CompletionStage<String> switchoverToThis() {
        return operator.switchoverToThis();
    }

    @Override
    public CompletionStage<String> standby() {
        return operator.maintenance(true);
    }

    @Override
    public CompletionStage<String> online() {
        return operator.maintenance(false);
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
            timers.after(agent.isAlive() ? leaveLimit() : Duration.ZERO, this::closeAll);
        }
        return closing.closed().minimalCompletionStage();
    }

    private Duration leaveLimit() {
        return config.group().handover() ? LEAVE_LIMIT.plus(HANDOVER_TIME) : LEAVE_LIMIT;
    }

    /** Executes effects that concern the node itself. Agent thread. */
    private void onOwn(Effect effect) {
        if (effect instanceof Effect.Stopped) {
            timers.after(PEER_FIRST, this::closeAll);
        } else if (!operator.carryOut(effect)) {
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
        readiness.close();
        handover.close();
        history.close();
        operator.nodeStopped();
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
        return proxy.leadingPool().or(() -> Optional.of(running.get().proxy().pool()));
    }

    @Override
    public String rebalance() {
        return rebalances.state();
    }

    @Override
    public CompletionStage<String> abortRebalance() {
        return rebalances.abort();
    }

    @Override
    public CompletionStage<String> finishRebalance() {
        return rebalances.finish();
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
