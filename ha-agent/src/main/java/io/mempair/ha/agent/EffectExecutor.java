package io.mempair.ha.agent;

import io.mempair.ha.address.VirtualAddress;
import io.mempair.ha.election.Effect;
import io.mempair.ha.election.Election;
import io.mempair.ha.election.Event;
import io.mempair.ha.group.Group;
import io.mempair.ha.time.Clock;
import io.mempair.proxy.config.FailureText;
import io.mempair.proxy.server.Proxy;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Executes effects on the proxy, the address and the group, and sends the server state along with heartbeats. Agent
 * thread; never blocks, outcomes return through the queue.
 */
final class EffectExecutor implements EffectHandler {

    private static final Logger LOG = LoggerFactory.getLogger(EffectExecutor.class);

    /** From before the requests end: the longest copy, and time for what comes late because a switch has not learnt yet. */
    private static final Duration HOLD = Duration.ofSeconds(6);

    private final Proxy proxy;
    private final VirtualAddress address;
    private final Group group;
    private final ServerStateReplicator exchange;
    private final SummaryExchange summaries;
    private final WarmupRun warmingUp;
    private final HandoverRun handover;
    private final HandoverReadiness readiness;
    private final EventQueue events;
    private final Clock clock;

    EffectExecutor(
            Proxy proxy,
            VirtualAddress address,
            Group group,
            ServerStateReplicator exchange,
            SummaryExchange summaries,
            WarmupRun warmingUp,
            HandoverRun handover,
            HandoverReadiness readiness,
            EventQueue events,
            Clock clock) {
        this.proxy = proxy;
        this.address = address;
        this.group = group;
        this.exchange = exchange;
        this.summaries = summaries;
        this.warmingUp = warmingUp;
        this.handover = handover;
        this.readiness = readiness;
        this.events = events;
        this.clock = clock;
    }

    @Override
    public boolean carryOut(Effect effect) {
        if (effect instanceof Effect.SetLease lease) {
            proxy.lease(lease.untilNanos());
            address.lease(lease.untilNanos());
        } else if (effect instanceof Effect.ClaimAddress claim) {
            handover.reignBegins(
                    claim.epoch(),
                    clock.nanoTime(),
                    () -> address.claim(claim.epoch(), claim.fence(), claim.unhurried()));
        } else if (effect instanceof Effect.ReleaseAddress release) {
            handover.addressReleased();
            address.release(release.epoch());
        } else if (effect instanceof Effect.Announce) {
            address.announce();
        } else if (effect instanceof Effect.OpenPort open) {
            openPort(open.epoch());
        } else if (effect instanceof Effect.ClosePort close) {
            proxy.drain(Duration.ofNanos(close.graceNanos()))
                    .whenComplete((done, failure) -> events.put(now -> new Event.Drained(now, close.epoch())));
        } else if (effect instanceof Effect.SendState send) {
            exchange.sendTo(send.to(), send.nowNanos());
        } else if (effect instanceof Effect.DropClients) {
            proxy.dropClients();
        } else if (effect instanceof Effect.Quiesce) {
            address.hold(HOLD);
            return handover.carryOut(effect, clock.nanoTime());
        } else if (handover.carryOut(effect, clock.nanoTime())) {
            return true;
        } else {
            return send(effect);
        }
        return true;
    }

    private boolean send(Effect effect) {
        boolean sent = EffectHandler.send(effect, group);
        if (effect instanceof Effect.SendHeartbeat heartbeat) {
            exchange.heartbeatSent(heartbeat.heartbeat());
        }
        return sent;
    }

    @Override
    public void turnEnded(Election next, long nowNanos) {
        try {
            exchange.turnEnded(next, nowNanos);
        } catch (RuntimeException e) {
            LOG.error("internal error: cannot report which server state the peers acknowledged", e);
        }
        try {
            summaries.turnEnded(next, nowNanos);
        } catch (RuntimeException e) {
            LOG.error("internal error: cannot tell the peers how this node is", e);
        }
        try {
            handover.turnEnded(next, nowNanos);
            readiness.turnEnded(next, nowNanos, summaries::of);
        } catch (RuntimeException e) {
            LOG.error("internal error: a hand-over cannot go on", e);
        }
        try {
            warmingUp.turnEnded(next, nowNanos);
        } catch (RuntimeException | OutOfMemoryError e) { // no memory for one more thread
            LOG.warn("warmup skipped: {}", e.toString());
        }
    }

    private void openPort(long epoch) {
        handover.activated().thenCompose(ready -> proxy.open()).whenComplete((done, failure) -> {
            if (failure == null) {
                handover.addressHeld();
                events.put(now -> new Event.PortOpened(now, epoch));
            } else {
                Throwable cause = failure.getCause() == null ? failure : failure.getCause();
                events.put(
                        now -> new Event.PortFailed(now, epoch, "the port cannot be opened: " + FailureText.of(cause)));
            }
        });
    }
}
