package io.mempair.ha.agent;

import io.mempair.ha.config.NodeConfig;
import io.mempair.ha.config.Profile;
import io.mempair.ha.election.Effect;
import io.mempair.ha.election.Election;
import io.mempair.ha.election.Event;
import io.mempair.ha.election.Settings;
import io.mempair.ha.metrics.PairMeter;
import io.mempair.ha.metrics.PairMetrics;
import io.mempair.ha.time.Clock;
import io.mempair.ha.time.Timers;
import io.mempair.proxy.server.Proxy;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A member of the pair: an election on a thread of its own, a proxy, the virtual address and the channel to the peer. */
public final class PairNode implements Node {

    private static final Logger LOG = LoggerFactory.getLogger(PairNode.class);
    private static final Duration CHECK_PAUSE = Duration.ofSeconds(2);

    /** An agent that has not stopped by then is not waited for. */
    private static final Duration LEAVE_LIMIT = Duration.ofMillis(1_500);

    /** What of the five seconds that {@link #stop} promises is left for closing. */
    private static final Duration CLOSE_LIMIT = Duration.ofMillis(3_300);

    private final NodeConfig config;
    private final Proxy proxy;
    private final Reloading reloading;
    private final NodeParts parts;
    private final EventQueue events = new EventQueue();
    private final PairMetrics metrics = new PairMetrics();
    private final Timers timers = new Timers("mempair-timer");
    private final Switchover switchover = new Switchover(timers);
    private final Closing closing;
    private final KnowledgeExchange exchange;
    private final AgentLoop loop;
    private final Thread agent;
    private final CompletableFuture<Void> ended = new CompletableFuture<>();
    private final AtomicBoolean stopping = new AtomicBoolean();
    private @Nullable List<String> problems;
    private volatile @Nullable String proxyProblem;

    /** A node that is not started yet. It owns {@code proxy} and closes it. */
    public PairNode(NodeConfig config, Proxy proxy, Reloading reloading) {
        this(config, proxy, reloading, null);
    }

    PairNode(NodeConfig config, Proxy proxy, Reloading reloading, @Nullable NodeParts replaced) {
        this.config = config;
        this.proxy = proxy;
        this.reloading = reloading;
        this.parts = replaced == null ? NodeParts.real(config, metrics) : replaced;
        this.closing = new Closing(parts, proxy, timers);
        closing.closed().thenRun(() -> ended.complete(null));
        Settings settings = settings(config, parts.clock());
        Election start = Election.start(settings, parts.clock().nanoTime());
        this.exchange = new KnowledgeExchange(proxy, parts.group(), settings, start);
        this.loop = new AgentLoop(
                start,
                events,
                new EffectCarrier(proxy, parts.address(), parts.group(), exchange, events),
                this::onOwn,
                this::onBroken,
                parts.announcer(),
                metrics,
                parts.clock(),
                settings.heartbeatNanos() / 4);
        this.agent = new Thread(loop, "mempair-agent");
        nameMeters();
    }

    private static Settings settings(NodeConfig config, Clock clock) {
        Profile profile = config.group().profile();
        return new Settings(
                config.name(),
                config.priority(),
                clock.wallMillis(),
                profile.heartbeat().toNanos(),
                profile.lease().toNanos(),
                initNanos(profile));
    }

    /** How long a lone node listens at start: for a peer that starts at the same time, and its slow first seconds. */
    private static long initNanos(Profile profile) {
        return (profile == Profile.FAST ? Duration.ofMillis(800) : Duration.ofMillis(1_500)).toNanos();
    }

    private void nameMeters() {
        Clock clock = parts.clock();
        metrics.with(PairMeter.ROLE, () -> loop.election().role().code())
                .with(PairMeter.EPOCH, () -> loop.election().epoch())
                .with(PairMeter.HOLDS_ADDRESS, () -> loop.election().addressSeen() ? 1 : 0)
                .with(PairMeter.LEASE_REMAINING, () -> loop.election().leaseRemainingNanos(clock.nanoTime()) / 1e9)
                .with(
                        PairMeter.PEER_HEARD,
                        () -> loop.election().peers().stream()
                                .mapToDouble(peer -> (clock.nanoTime() - peer.heardNanos()) / 1e9)
                                .min()
                                .orElse(Double.NaN))
                .with(PairMeter.EVENTS_DROPPED, events::dropped);
    }

    @Override
    public void start() {
        proxy.lease(parts.clock().nanoTime());
        proxy.start().whenComplete((done, failure) -> {
            if (failure != null) {
                proxyProblem = "the proxy cannot start: " + failure.getMessage();
            }
            timers.every(CHECK_PAUSE, this::checkFitness);
        });
        exchange.follow(events);
        Reports reports = new Reports(events, exchange);
        parts.address().start(reports);
        parts.group().start(reports);
        agent.start();
    }

    /** On the timer's thread. */
    private void checkFitness() {
        List<String> found = proxyProblem == null ? parts.checks().get() : List.of(String.valueOf(proxyProblem));
        if (found.equals(problems)) {
            return;
        }
        problems = found;
        found.forEach(problem -> LOG.error("not fit to be active: {}", problem));
        events.put(now -> new Event.FitnessChanged(now, found));
    }

    @Override
    public NodeStatus status() {
        Election election = loop.election();
        long nowNanos = parts.clock().nanoTime();
        List<NodeStatus.Peer> peers = election.peers().stream()
                .map(peer -> new NodeStatus.Peer(
                        peer.name(),
                        peer.role(),
                        peer.priority(),
                        election.isAlive(peer),
                        (nowNanos - peer.heardNanos()) / 1_000_000))
                .toList();
        return new NodeStatus(
                config.name(),
                election.role(),
                election.epoch(),
                election.activeNode(),
                election.reason().text(),
                (nowNanos - election.sinceNanos()) / 1_000_000,
                election.addressSeen(),
                peers,
                proxy.health(),
                proxy.knowledge(),
                reloading.last());
    }

    @Override
    public CompletionStage<String> switchover() {
        return switchover.begin(() -> events.put(Event.SwitchoverRequested::new));
    }

    @Override
    public CompletionStage<String> reload() {
        return reloading.begin().whenComplete((line, failure) -> events.putTask(exchange::onReloaded));
    }

    @Override
    public CompletionStage<Void> stop() {
        if (stopping.compareAndSet(false, true)) {
            events.put(Event.StopRequested::new);
            timers.after(agent.isAlive() ? LEAVE_LIMIT : Duration.ZERO, this::closeAll);
        }
        return closing.closed().minimalCompletionStage();
    }

    /** Effects that concern the node itself. Agent thread. */
    private void onOwn(Effect effect) {
        if (effect instanceof Effect.SwitchoverDone done) {
            switchover.done(done.line());
        } else if (effect instanceof Effect.SwitchoverFailed failed) {
            switchover.failed(failed.why());
        } else if (effect instanceof Effect.Stopped) {
            closeAll();
        } else {
            throw new AssertionError("effect without a rule: " + effect);
        }
    }

    /** Without its agent the node is of no use: whoever waits for its end is told, and all of it is closed. Agent thread. */
    private void onBroken(Throwable failure) {
        ended.completeExceptionally(failure);
        closeAll();
    }

    private void closeAll() {
        closing.begin(CLOSE_LIMIT, agent::interrupt, () -> switchover.failed("this node stopped"));
    }

    @Override
    public CompletionStage<Void> ended() {
        return ended.minimalCompletionStage();
    }

    @Override
    public void bindTo(MeterRegistry registry) {
        metrics.bindTo(registry);
        proxy.bindTo(registry);
    }
}
