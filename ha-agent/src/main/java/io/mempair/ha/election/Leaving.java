package io.mempair.ha.election;

import io.mempair.ha.election.Reason.Cause;
import java.util.List;

/**
 * From active to anything else: port closed, requests in flight answered, address released, peer told, clients
 * closed. A leave that began is never taken back; a second one may only make it faster or its end stricter.
 */
final class Leaving {

    private Leaving() {}

    /** With time for the requests in flight; for a switchover and a stop. */
    static void inOrder(Turn turn, Phase after, Reason reason) {
        State state = turn.state;
        if (state.phase.leaves()) {
            state.leave = new State.Leave(after, reason);
            return;
        }
        state.leave = new State.Leave(after, reason);
        state.reclaimByNanos = null;
        turn.startTransition();
        turn.enter(Phase.DRAINING, reason);
        turn.emit(new Effect.ClosePort(state.reignEpoch, Settings.DRAIN_NANOS));
        turn.heartbeat();
    }

    /** Now: the right to serve is over or must not be used. */
    static void atOnce(Turn turn, Phase after, Reason reason) {
        State state = turn.state;
        if (!state.phase.leaves()) {
            state.leave = new State.Leave(after, reason);
            state.reclaimByNanos = null;
            turn.startTransition();
        }
        if (reason.cause() == Cause.HIGHER_EPOCH) {
            Hearing.startListeningAnew(turn); // somebody reigns, even if only an answer told so
        }
        turn.emit(new Effect.SetLease(turn.nowNanos));
        if (state.phase != Phase.RELEASING) {
            turn.emit(new Effect.ClosePort(state.reignEpoch, 0));
            release(turn, reason);
        }
    }

    private static void release(Turn turn, Reason reason) {
        turn.enter(Phase.RELEASING, reason);
        turn.emit(new Effect.ReleaseAddress(turn.state.reignEpoch));
    }

    static void onDrained(Turn turn, long epoch) {
        State state = turn.state;
        if (state.phase == Phase.DRAINING && epoch == state.reignEpoch && state.leave != null) {
            release(turn, state.leave.reason());
        }
    }

    static void onReleased(Turn turn, long epoch) {
        turn.state.addressSeen = false;
        if (turn.state.phase == Phase.RELEASING && epoch == turn.state.reignEpoch) {
            finish(turn, true);
        }
    }

    static void checkTimeouts(Turn turn) {
        State state = turn.state;
        if (state.phase == Phase.DRAINING && turn.inPhaseNanos() >= Settings.DRAIN_NANOS + Settings.DRAIN_SLACK_NANOS) {
            onDrained(turn, state.reignEpoch);
        } else if (state.phase == Phase.RELEASING && turn.inPhaseNanos() >= Settings.RELEASE_NANOS) {
            turn.say("the address is not released in time: the guard or the kernel will drop it");
            turn.emit(new Effect.ReleaseAddress(0));
            finish(turn, false);
        }
    }

    /** The peer is told only what is sure: an address that may still be there frees no promise. */
    private static void finish(Turn turn, boolean released) {
        State state = turn.state;
        State.Leave leave = state.leave;
        if (leave == null) {
            throw new AssertionError("a leave without an end: " + state.phase);
        }
        if (released) {
            resign(turn, state.reignEpoch);
        }
        turn.emit(new Effect.SetLease(turn.nowNanos));
        turn.emit(new Effect.DropClients());
        Phase after = state.closing ? Phase.STOPPED : leave.after();
        if (after == Phase.WATCHING && state.problems != null && !state.problems.isEmpty()) {
            after = Phase.UNFIT;
        }
        if (leave.reason().cause() == Cause.SWITCHOVER) {
            state.barredUntilNanos = turn.nowNanos + Settings.HOLD_OFF_NANOS;
        }
        turn.enter(after, leave.reason());
        state.leave = null;
        state.leased = false;
        state.reignEpoch = 0;
        state.alone = false;
        state.conflict = false;
        if (after == Phase.STOPPED) {
            turn.emit(new Effect.Stopped());
        } else {
            turn.heartbeat();
        }
    }

    private static void resign(Turn turn, long epoch) {
        Settings settings = turn.settings;
        turn.emit(new Effect.SendResign(
                new Message.Resign(settings.self(), settings.incarnation(), epoch, turn.state.closing, turn.nowNanos)));
    }

    static void onSwitchover(Turn turn) {
        State state = turn.state;
        String refusal = null;
        if (state.phase != Phase.REIGNING) {
            refusal = "this node is not active";
        } else if (Candidacy.livePeers(turn).stream().noneMatch(Peer::eligible)) {
            refusal = "no fit peer is there to take over";
        }
        if (refusal != null) {
            turn.emit(new Effect.SwitchoverFailed(refusal));
            return;
        }
        state.switchover = true;
        state.switchoverSinceNanos = turn.nowNanos;
        inOrder(turn, Phase.WATCHING, new Reason(Cause.SWITCHOVER, "switchover requested"));
    }

    /** Sets the latch first: from here nothing claims, whatever arrives. */
    static void onStop(Turn turn) {
        State state = turn.state;
        if (state.closing) {
            return;
        }
        state.closing = true;
        if (state.switchover) {
            state.switchover = false;
            turn.emit(new Effect.SwitchoverFailed("this node stops"));
        }
        Reason reason = new Reason(Cause.STOP, "stop requested");
        if (state.phase.mayHaveAddress()) {
            inOrder(turn, Phase.STOPPED, reason);
            return;
        }
        state.reignEpoch = 0;
        turn.startTransition();
        if (state.addressSeen) {
            turn.emit(new Effect.ReleaseAddress(0));
        }
        resign(turn, 0);
        turn.enter(Phase.STOPPED, reason);
        turn.emit(new Effect.Stopped());
    }

    static void onFitness(Turn turn, List<String> problems) {
        State state = turn.state;
        state.problems = problems;
        if (problems.isEmpty()) {
            return;
        }
        Reason reason = new Reason(Cause.UNFIT, String.join("; ", problems));
        if (state.phase.holds()) {
            atOnce(turn, Phase.UNFIT, reason);
        } else if (state.phase == Phase.WATCHING || state.phase == Phase.CANDIDATE || state.phase == Phase.STARTING) {
            turn.startTransition();
            state.reignEpoch = 0;
            state.reason = reason;
            turn.enter(Phase.UNFIT, reason);
        }
    }

    /** From the start, or from a fault, to standby. */
    static void checkFitness(Turn turn) {
        State state = turn.state;
        boolean fit = state.problems != null && state.problems.isEmpty() && state.connected && !state.closing;
        if (fit && state.phase == Phase.STARTING) {
            turn.startTransition();
            turn.enter(Phase.WATCHING, new Reason(Cause.STARTED, "fit, and the channel is connected"));
        } else if (fit && state.phase == Phase.UNFIT && turn.passed(state.backOffUntilNanos)) {
            state.backOffUntilNanos = null;
            turn.startTransition();
            turn.enter(Phase.WATCHING, new Reason(Cause.FIT_AGAIN, "fit again"));
        }
    }
}
