package io.mempair.ha.agent;

import io.mempair.ha.config.CertificateEnd;
import io.mempair.ha.config.WitnessConfig;
import io.mempair.ha.election.Effect;
import io.mempair.ha.election.Election;
import io.mempair.ha.election.Event;
import io.mempair.ha.election.Settings;
import io.mempair.ha.group.Group;
import io.mempair.ha.group.GroupChannel;
import io.mempair.ha.group.GroupListener;
import io.mempair.ha.group.MemberSummary;
import io.mempair.ha.group.OperatorMessage;
import io.mempair.ha.group.ServerStateMessage;
import io.mempair.ha.history.HistoryRecord;
import io.mempair.ha.metrics.BuildVersion;
import io.mempair.ha.metrics.PairMeter;
import io.mempair.ha.metrics.PairMetrics;
import io.mempair.ha.time.Clock;
import io.mempair.ha.time.SystemClock;
import io.mempair.ha.time.Timers;
import io.mempair.proxy.config.PoolConfig;
import io.mempair.proxy.replication.ServerKnowledge;
import io.mempair.proxy.server.ProxyHealth;
import io.mempair.proxy.server.ProxyTotals;
import io.mempair.proxy.server.ServerLatency;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * The third member: an election that only votes, on its own thread, the channel, and a copy of the servers' state for
 * the nodes. It has no proxy and no address.
 */
public final class WitnessNode implements Node {

    /** Longest wait for the agent thread to stop. */
    private static final Duration LEAVE_LIMIT = Duration.ofMillis(500);

    private static final ProxyHealth NO_PROXY = new ProxyHealth("none", false, 0, 0, List.of());
    private static final String NOTHING = "a witness never serves: ask one of the nodes";

    private final WitnessConfig config;
    private final Reloading reloading;
    private final Clock clock = new SystemClock();
    private final EventQueue events = new EventQueue();
    private final PairMetrics metrics = new PairMetrics();
    private final Timers timers = new Timers("mempair-timer");
    private final Group group;
    private final HistoryKeeper history;
    private final SummaryExchange summaries;
    private final WitnessState serverState;
    private final AgentLoop loop;
    private final Thread agent;
    private final CompletableFuture<Void> ended = new CompletableFuture<>();
    private final AtomicBoolean stopping = new AtomicBoolean();
    private final AtomicBoolean closing = new AtomicBoolean();

    /**
     * Creates a witness, not yet started.
     *
     * @param reloading  answers that there is nothing to reload
     */
    public WitnessNode(WitnessConfig config, Reloading reloading) {
        this.config = config;
        this.reloading = reloading;
        GroupChannel channel = new GroupChannel(config.group(), config.name(), clock);
        this.group = channel;
        Settings settings = ElectionSettings.of(config, clock.incarnation());
        long startedNanos = clock.nanoTime();
        Election start = Election.start(settings, startedNanos);
        String http = config.admin().http().toString();
        this.history = new HistoryKeeper(config.name(), channel, null, clock);
        this.summaries = new SummaryExchange(
                config.name(),
                channel,
                (now, election) ->
                        MemberSummary.plain(BuildVersion.number(), (now - startedNanos) / 1_000_000_000, http),
                history,
                start,
                startedNanos);
        this.serverState = new WitnessState(channel, settings);
        this.loop = new AgentLoop(
                start,
                events,
                new SendOnlyExecutor(),
                this::onOwn,
                this::onBroken,
                Announcer.NOBODY,
                metrics,
                clock,
                settings.heartbeatNanos() / AgentLoop.TICKS_A_HEARTBEAT);
        this.agent = new Thread(loop, "mempair-agent");
        metrics.with(PairMeter.EPOCH, () -> loop.election().epoch())
                .with(PairMeter.HEARTBEATS_SENT, channel.counters()::heartbeatsSent)
                .with(PairMeter.HEARTBEATS_RECEIVED, channel.counters()::heartbeatsReceived)
                .with(PairMeter.MESSAGES_IGNORED, channel.counters()::ignored)
                .with(PairMeter.EVENTS_DROPPED, events::dropped);
    }

    /** Executes the effects of a voter: it only sends messages. */
    private final class SendOnlyExecutor implements EffectHandler {

        @Override
        public boolean carryOut(Effect effect) {
            if (effect instanceof Effect.SendState send) {
                serverState.sendTo(send.to(), send.nowNanos());
                return true;
            }
            // it has no lease, address or clients, so effects on them are already done
            return EffectHandler.send(effect, group) || effect instanceof Effect.SetLease;
        }

        @Override
        public void turnEnded(Election next, long nowNanos) {
            summaries.turnEnded(next, nowNanos);
        }
    }

    /** Converts reports of the channel to events. */
    private final class GroupEvents implements GroupListener {

        @Override
        public void connected() {
            events.put(Event.ChannelConnected::new);
        }

        @Override
        public void heard(io.mempair.ha.election.Message message) {
            events.put(now -> new Event.Heard(now, message));
        }

        @Override
        public void heard(ServerStateMessage message) {
            events.putStep(now -> serverState.heard(message, loop.election(), now));
        }

        @Override
        public void heard(OperatorMessage message) {
            events.putTask(now -> summaries.heard(message, now));
        }

        @Override
        public void died(String name, long incarnation) {
            events.put(now -> new Event.PeerDied(now, name, incarnation));
        }
    }

    @Override
    public void start() {
        group.start(new GroupEvents());
        agent.start();
    }

    @Override
    public NodeStatus status() {
        Election election = loop.election();
        long nowNanos = clock.nanoTime();
        return new NodeStatus(
                NodeStatus.MemberKind.WITNESS,
                config.name(),
                election.role(),
                election.epoch(),
                election.activeNode(),
                election.reason().text(),
                (nowNanos - election.sinceNanos()) / 1_000_000,
                false,
                NodeStatus.PeerStatus.of(election, summaries, nowNanos),
                NO_PROXY,
                ServerKnowledge.NONE,
                reloading.last(),
                new NodeStatus.FitnessStatus(false, NodeStatus.links(group, election), List.of()),
                summaries.own());
    }

    @Override
    public CompletionStage<String> switchover() {
        return CompletableFuture.failedFuture(new IllegalStateException(NOTHING));
    }

    @Override
    public CompletionStage<String> standby() {
        return switchover();
    }

    @Override
    public CompletionStage<String> switchoverToThis() {
        return switchover();
    }

    @Override
    public CompletionStage<String> online() {
        return switchover();
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
        return ended();
    }

    /** Agent thread. */
    private void onOwn(Effect effect) {
        if (effect instanceof Effect.Stopped) {
            closeAll();
        }
    }

    /** Agent thread. */
    private void onBroken(Throwable failure) {
        if (!stopping.get()) {
            ended.completeExceptionally(failure);
        }
        closeAll();
    }

    private void closeAll() {
        if (closing.compareAndSet(false, true)) {
            agent.interrupt();
            Thread thread = new Thread(this::closeGroup, "mempair-close-group");
            thread.setDaemon(true);
            thread.start();
        }
    }

    private void closeGroup() {
        try {
            group.close();
        } finally {
            timers.close();
            ended.complete(null);
        }
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
        return TakeOver.never(NOTHING);
    }

    @Override
    public List<HistoryRecord> history() {
        return history.records();
    }

    @Override
    public List<ServerLatency> latencies() {
        return List.of();
    }

    @Override
    public NodeFacts facts() {
        return NodeFacts.NONE;
    }

    @Override
    public Optional<PoolConfig> pool() {
        return Optional.empty();
    }

    @Override
    public List<CertificateEnd> certificates() {
        return CertificateEnd.of(config);
    }

    @Override
    public ProxyTotals totals() {
        return ProxyTotals.NONE;
    }

    @Override
    public void bindTo(MeterRegistry registry) {
        metrics.bindTo(registry);
    }
}
