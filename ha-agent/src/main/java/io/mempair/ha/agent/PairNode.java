package io.mempair.ha.agent;

import io.mempair.ha.address.Guard;
import io.mempair.ha.address.VirtualAddress;
import io.mempair.ha.check.Preflight;
import io.mempair.ha.config.NodeConfig;
import io.mempair.ha.config.Profile;
import io.mempair.ha.election.Effect;
import io.mempair.ha.election.Election;
import io.mempair.ha.election.Event;
import io.mempair.ha.election.Message;
import io.mempair.ha.election.Settings;
import io.mempair.ha.group.Group;
import io.mempair.ha.group.GroupChannel;
import io.mempair.ha.group.GroupListener;
import io.mempair.ha.metrics.PairMeter;
import io.mempair.ha.metrics.PairMetrics;
import io.mempair.ha.time.Clock;
import io.mempair.ha.time.SystemClock;
import io.mempair.ha.time.Timers;
import io.mempair.proxy.server.Proxy;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A member of the pair: an election on a thread of its own, a proxy, the virtual address and the channel to the peer. */
public final class PairNode implements Node {

    private static final Logger LOG = LoggerFactory.getLogger(PairNode.class);
    private static final Duration CHECK_PAUSE = Duration.ofSeconds(2);

    /** A switchover that neither succeeded nor failed by then has failed. */
    private static final Duration SWITCHOVER_LIMIT = Duration.ofSeconds(6);

    /** An agent that has not stopped by then is not waited for. */
    private static final Duration LEAVE_LIMIT = Duration.ofMillis(1_500);

    /** {@link #stop} promises five seconds. */
    private static final Duration STOP_LIMIT = Duration.ofMillis(4_800);

    private final NodeConfig config;
    private final Proxy proxy;
    private final Parts parts;
    private final EventQueue events = new EventQueue();
    private final PairMetrics metrics = new PairMetrics();
    private final Timers timers = new Timers("mempair-timer");
    private final AgentLoop loop;
    private final Thread agent;
    private final AtomicReference<@Nullable CompletableFuture<String>> switchover = new AtomicReference<>();
    private final CompletableFuture<Void> stopped = new CompletableFuture<>();
    private final AtomicBoolean stopping = new AtomicBoolean();
    private final AtomicBoolean closing = new AtomicBoolean();
    private @Nullable List<String> problems;
    private volatile @Nullable String proxyProblem;

    /** What a node is made of besides its proxy; tests put others in. */
    record Parts(VirtualAddress address, Group group, Supplier<List<String>> checks, Clock clock) {

        static Parts real(NodeConfig config, PairMetrics metrics) {
            Clock clock = new SystemClock();
            Guard guard = new Guard(
                    config.virtualAddress(), guardSilence(config.group().profile()), clock);
            GroupChannel channel = new GroupChannel(config.group(), config.name(), clock);
            String path = System.getenv("PATH");
            Preflight preflight = new Preflight(path == null ? "" : path);
            metrics.with(PairMeter.GUARD_RESTARTS, guard::restarts)
                    .with(PairMeter.HEARTBEATS_SENT, channel.counters()::heartbeatsSent)
                    .with(PairMeter.HEARTBEATS_RECEIVED, channel.counters()::heartbeatsReceived)
                    .with(PairMeter.MESSAGES_IGNORED, channel.counters()::ignored);
            return new Parts(guard, channel, () -> preflight.problems(config.virtualAddress()), clock);
        }

        /** Shorter than the lease, so that a hung node has lost the address before its peer may take it. */
        private static Duration guardSilence(Profile profile) {
            return profile == Profile.FAST ? Duration.ofMillis(250) : Duration.ofMillis(500);
        }
    }

    /** A node that is not started yet. It owns {@code proxy} and closes it. */
    public PairNode(NodeConfig config, Proxy proxy) {
        this(config, proxy, null);
    }

    PairNode(NodeConfig config, Proxy proxy, @Nullable Parts replaced) {
        this.config = config;
        this.proxy = proxy;
        this.parts = replaced == null ? Parts.real(config, metrics) : replaced;
        long nowNanos = parts.clock().nanoTime();
        long heartbeatNanos = config.group().profile().heartbeat().toNanos();
        Settings settings = new Settings(
                config.name(),
                config.priority(),
                parts.clock().wallMillis(),
                heartbeatNanos,
                config.group().profile().lease().toNanos(),
                initNanos(config.group().profile()));
        this.loop = new AgentLoop(
                Election.start(settings, nowNanos),
                events,
                new EffectCarrier(proxy, parts.address(), parts.group(), events),
                this::onOwn,
                metrics,
                parts.clock(),
                heartbeatNanos / 4);
        this.agent = new Thread(loop, "mempair-agent");
        nameMeters();
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
        parts.address().start(new AddressEvents());
        parts.group().start(new GroupEvents());
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
                proxy.health());
    }

    @Override
    public CompletionStage<String> switchover() {
        CompletableFuture<String> result = new CompletableFuture<>();
        if (!switchover.compareAndSet(null, result)) {
            return CompletableFuture.failedFuture(new IllegalStateException("a switchover is under way"));
        }
        events.put(Event.SwitchoverRequested::new);
        timers.after(SWITCHOVER_LIMIT, () -> endSwitchover(result, "no outcome in time: look at the status"));
        return result;
    }

    private void endSwitchover(@Nullable CompletableFuture<String> result, String failure) {
        if (result != null) {
            switchover.compareAndSet(result, null);
            result.completeExceptionally(new IllegalStateException(failure));
        }
    }

    @Override
    public CompletionStage<Void> stop() {
        if (stopping.compareAndSet(false, true)) {
            events.put(Event.StopRequested::new);
            timers.after(agent.isAlive() ? LEAVE_LIMIT : Duration.ZERO, this::closeAll);
        }
        return stopped.minimalCompletionStage();
    }

    /** Effects that concern the node itself. Agent thread. */
    private void onOwn(Effect effect) {
        if (effect instanceof Effect.SwitchoverDone done) {
            CompletableFuture<String> result = switchover.getAndSet(null);
            if (result != null) {
                result.complete(done.line());
            }
        } else if (effect instanceof Effect.SwitchoverFailed failed) {
            endSwitchover(switchover.get(), failed.why());
        } else if (effect instanceof Effect.Stopped) {
            closeAll();
        } else {
            throw new AssertionError("effect without a rule: " + effect);
        }
    }

    /** Everything at once, because each has its own limit and the sum must stay under five seconds. */
    private void closeAll() {
        if (!closing.compareAndSet(false, true)) {
            return;
        }
        agent.interrupt();
        CompletableFuture<Void> all = CompletableFuture.allOf(
                inBackground("address", parts.address()::close),
                inBackground("group", parts.group()::close),
                inBackground("proxy", proxy::close));
        timers.after(STOP_LIMIT.minus(LEAVE_LIMIT), () -> stopped.complete(null));
        all.whenComplete((done, failure) -> {
            endSwitchover(switchover.get(), "this node stopped");
            stopped.complete(null);
            timers.close();
        });
    }

    private static CompletableFuture<Void> inBackground(String what, Runnable close) {
        CompletableFuture<Void> done = new CompletableFuture<>();
        Thread thread = new Thread(
                () -> {
                    try {
                        close.run();
                    } catch (RuntimeException e) {
                        LOG.warn("closing the {}: {}", what, e.toString());
                    } finally {
                        done.complete(null);
                    }
                },
                "mempair-close-" + what);
        thread.setDaemon(true);
        thread.start();
        return done;
    }

    @Override
    public void bindTo(MeterRegistry registry) {
        metrics.bindTo(registry);
        proxy.bindTo(registry);
    }

    private final class AddressEvents implements VirtualAddress.Listener {

        @Override
        public void claimed(long epoch) {
            events.put(now -> new Event.AddressClaimed(now, epoch));
        }

        @Override
        public void failed(long epoch, String why) {
            events.put(now -> new Event.ClaimFailed(now, epoch, why));
        }

        @Override
        public void released(long epoch) {
            events.put(now -> new Event.AddressReleased(now, epoch));
        }

        @Override
        public void lost(String why) {
            events.put(now -> new Event.AddressLost(now, why));
        }

        @Override
        public void observed(boolean held) {
            events.put(now -> new Event.AddressObserved(now, held));
        }
    }

    private final class GroupEvents implements GroupListener {

        @Override
        public void connected() {
            events.put(Event.ChannelConnected::new);
        }

        @Override
        public void heard(Message message) {
            events.put(now -> new Event.Heard(now, message));
        }

        @Override
        public void died(String name, long incarnation) {
            events.put(now -> new Event.PeerDied(now, name, incarnation));
        }
    }
}
