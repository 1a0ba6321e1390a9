package io.mempair.ha.agent;

import io.mempair.ha.election.Decision;
import io.mempair.ha.election.Effect;
import io.mempair.ha.election.Election;
import io.mempair.ha.election.Event;
import io.mempair.ha.election.Transition;
import io.mempair.ha.metrics.PairMetrics;
import io.mempair.ha.time.Clock;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.LongFunction;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The single thread that feeds events to the election and executes its effects. It blocks only on its queue, until the
 * next tick. If it fails, nobody renews the lease, so the proxy stops serving and the guard drops the address; it
 * reports the failure to the node, which must end.
 */
final class AgentLoop implements Runnable {

    private static final Logger LOG = LoggerFactory.getLogger(AgentLoop.class);
    private static final long REPEAT_PAUSE_NANOS = 60_000_000_000L;
    private static final int MAX_REMEMBERED_LINES = 64;

    /** Ticks per heartbeat interval. */
    static final int TICKS_A_HEARTBEAT = 4;

    private final EventQueue events;
    private final EffectHandler carrier;
    private final Consumer<Effect> own;
    private final Consumer<Throwable> broken;
    private final Consumer<Transition> transitions;
    private final PairMetrics metrics;
    private final Clock clock;
    private final long tickNanos;
    private final Pauses pauses;
    private final Map<String, Long> said = new HashMap<>();
    private volatile Election election;
    private volatile boolean stopped;
    private volatile long tickedNanos;

    /**
     * @param own          receives effects that concern the node itself: the end of a switchover, the stop
     * @param broken       receives the exception that ended this thread, as its last action
     * @param transitions  receives each change of role; must not block
     */
    AgentLoop(
            Election election,
            EventQueue events,
            EffectHandler carrier,
            Consumer<Effect> own,
            Consumer<Throwable> broken,
            Consumer<Transition> transitions,
            PairMetrics metrics,
            Clock clock,
            long tickNanos) {
        this.election = election;
        this.events = events;
        this.carrier = carrier;
        this.own = own;
        this.broken = broken;
        this.transitions = transitions;
        this.metrics = metrics;
        this.clock = clock;
        this.tickNanos = tickNanos;
        this.tickedNanos = clock.nanoTime();
        this.pauses = new Pauses(tickNanos * TICKS_A_HEARTBEAT, metrics::countPause);
    }

    /** The latest decision's election. Any thread. */
    Election election() {
        return election;
    }

    /** Nanoseconds since its last tick. Any thread. */
    long silenceNanos() {
        return clock.nanoTime() - tickedNanos;
    }

    @Override
    public void run() {
        try {
            decide();
        } catch (InterruptedException e) {
            broken.accept(e); // the caller that closes the node has already logged it
        } catch (RuntimeException | Error e) {
            LOG.error("internal error: the agent failed, so this node can never be active again; {}", election, e);
            broken.accept(e);
        }
    }

    private void decide() throws InterruptedException {
        long nextTickNanos = clock.nanoTime();
        while (!stopped) {
            @Nullable LongFunction<Optional<Event>> next = events.poll(nextTickNanos - clock.nanoTime());
            long nowNanos = clock.nanoTime();
            if (next != null) {
                next.apply(nowNanos).ifPresent(this::feed);
            }
            if (!stopped && nowNanos - nextTickNanos >= 0) {
                String paused = pauses.tickCame(nowNanos - nextTickNanos, nowNanos);
                if (paused != null) {
                    LOG.atWarn()
                            .addKeyValue("ms", (nowNanos - nextTickNanos) / 1_000_000)
                            .log("{} event=pause", paused);
                }
                feed(new Event.Tick(nowNanos));
                tickedNanos = nowNanos;
                nextTickNanos = nowNanos + tickNanos;
            }
        }
    }

    private void feed(Event event) {
        LOG.trace("{}", event);
        Decision decision = election.onEvent(event);
        election = decision.next();
        for (Effect effect : decision.effects()) {
            carryOut(effect);
        }
        carrier.turnEnded(election, event.nowNanos());
        Transition transition = decision.transition();
        if (transition != null) {
            metrics.countTransition(transition.reason().cause());
            LOG.atInfo()
                    .addKeyValue("from", transition.from())
                    .addKeyValue("to", transition.to())
                    .log(
                            "role {} -> {} epoch={} reason=\"{}\" ms={} event=role_changed",
                            transition.from(),
                            transition.to(),
                            transition.epoch(),
                            transition.reason().text(),
                            transition.tookNanos() / 1_000_000);
            transitions.accept(transition);
        }
    }

    /** Executes an effect. A failure must not prevent later effects: one of them may be the release. */
    private void carryOut(Effect effect) {
        try {
            if (carrier.carryOut(effect)) {
                return;
            }
            if (effect instanceof Effect.Say say) {
                if (isNew(say.line())) {
                    LOG.atInfo().addKeyValue("text", say.line()).log("{} event=election", say.line());
                }
                return;
            }
            if (effect instanceof Effect.Warn warn) {
                if (isNew(warn.line())) {
                    LOG.atWarn().addKeyValue("text", warn.line()).log("{} event=election_warning", warn.line());
                }
                return;
            }
            stopped |= effect instanceof Effect.Stopped;
            own.accept(effect);
        } catch (RuntimeException e) {
            LOG.error("internal error: {} failed", effect, e);
        }
    }

    /** Whether this line was not logged within the last minute; marks it as logged. */
    private boolean isNew(String line) {
        long nowNanos = clock.nanoTime();
        Long lastNanos = said.get(line);
        if (lastNanos != null && nowNanos - lastNanos < REPEAT_PAUSE_NANOS) {
            return false;
        }
        if (said.size() >= MAX_REMEMBERED_LINES) {
            said.clear();
        }
        said.put(line, nowNanos);
        return true;
    }
}
