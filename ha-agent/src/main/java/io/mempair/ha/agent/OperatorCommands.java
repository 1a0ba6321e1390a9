package io.mempair.ha.agent;

import io.mempair.ha.election.Effect;
import io.mempair.ha.election.Election;
import io.mempair.ha.election.Event;
import io.mempair.ha.election.Role;
import io.mempair.ha.group.Group;
import io.mempair.ha.group.OperatorMessage;
import io.mempair.ha.time.Timers;
import io.mempair.proxy.config.FailureText;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What the operator asks a node of the pair for, on this host or another: a switchover, maintenance. Any thread. */
final class OperatorCommands {

    private static final Logger LOG = LoggerFactory.getLogger(OperatorCommands.class);

    private final String name;
    private final Group group;
    private final EventQueue events;
    private final Supplier<Election> election;
    private final OperatorRequest switchover;
    private final OperatorRequest handOver;
    private final OperatorRequest maintenance;

    /**
     * @param name      of this node
     * @param events    takes the requests
     * @param election  the current one; any thread
     */
    OperatorCommands(String name, Group group, EventQueue events, Timers timers, Supplier<Election> election) {
        this.name = name;
        this.group = group;
        this.events = events;
        this.election = election;
        this.switchover = new OperatorRequest("a switchover", timers);
        this.handOver = new OperatorRequest("a hand-over to this node", timers);
        this.maintenance = new OperatorRequest("a maintenance", timers);
    }

    /** As {@link Node#switchover}. */
    CompletionStage<String> switchover() {
        return switchover.begin(() -> events.put(Event.SwitchoverRequested::new));
    }

    /** As {@link Node#switchoverToThis}. */
    CompletionStage<String> switchoverToThis() {
        if (election.get().role() == Role.ACTIVE) {
            return CompletableFuture.failedFuture(new IllegalStateException(name + " is the active node already"));
        }
        return handOver.begin(() -> events.putTask(now -> group.send(new OperatorMessage.HandOverRequest(name))));
    }

    /** The operator of another node wants the address there. */
    void onHandOverAsked(String by) {
        if (election.get().role() != Role.ACTIVE) {
            return; // only the active node has something to hand over
        }
        LOG.atInfo().addKeyValue("peer", by).log("{} asks for a switchover event=switchover_asked", by);
        switchover().exceptionally(refusal -> {
            LOG.atWarn()
                    .addKeyValue("peer", by)
                    .addKeyValue("reason", FailureText.of(refusal))
                    .log(
                            "the switchover that {} asked for failed: {} event=switchover_refused",
                            by,
                            FailureText.of(refusal));
            return "";
        });
    }

    /** As {@link Node#standby} and {@link Node#online}. */
    CompletionStage<String> maintenance(boolean begins) {
        return maintenance.begin(() -> events.put(now -> new Event.MaintenanceRequested(now, begins)));
    }

    /** This node has become active. */
    void becameActive() {
        handOver.done(name + " is active");
    }

    /**
     * Completes the request whose outcome the effect is.
     *
     * @return whether it is one
     */
    boolean carryOut(Effect effect) {
        if (effect instanceof Effect.SwitchoverDone done) {
            switchover.done(done.line());
        } else if (effect instanceof Effect.SwitchoverFailed failed) {
            switchover.failed(failed.why());
        } else if (effect instanceof Effect.MaintenanceDone done) {
            maintenance.done(done.line());
        } else if (effect instanceof Effect.MaintenanceFailed failed) {
            maintenance.failed(failed.why());
        } else {
            return false;
        }
        return true;
    }

    /** This node stops: fails what is under way. */
    void nodeStopped() {
        switchover.failed("this node stopped");
        handOver.failed("this node stopped");
        maintenance.failed("this node stopped");
    }
}
