package io.mempair.ha.election;

import io.mempair.ha.election.Reason.Cause;
import java.util.List;
import java.util.Objects;

/**
 * Handles the step-down from active: close the port, answer requests in flight, release the address, notify the peer,
 * close the clients. A step-down is never reverted; a second one may only make it faster or its end stricter.
 */
final class StepDown {

    static final String NO_FIT_PEER = "no fit peer is there to take over";

    private StepDown() {}

    /** Steps down with time for the requests in flight; for a switchover and a stop. */
    static void inOrder(ElectionContext turn, Phase after, Reason reason) {
        State state = turn.state;
        if (state.phase.leaves()) {
            state.leave = new State.Leave(after, reason);
            return;
        }
        State.Leave leave = new State.Leave(after, reason);
        if (!Handover.begins(turn, leave)) {
            turn.startTransition();
            begin(turn, leave, new Effect.ClosePort(state.reignEpoch, Settings.DRAIN_NANOS));
        }
    }

    /** @param stop  stops the requests; answered by Drained */
    static void begin(ElectionContext turn, State.Leave leave, Effect stop) {
        State state = turn.state;
        state.leave = leave;
        state.reclaimByNanos = null;
        turn.enter(Phase.DRAINING, leave.reason());
        turn.emit(stop);
        turn.heartbeat();
    }

    /** Steps down immediately: the lease is over or must not be used. */
    static void atOnce(ElectionContext turn, Phase after, Reason reason) {
        State state = turn.state;
        Handover.abandon(turn);
        if (!state.phase.leaves()) {
            state.leave = new State.Leave(after, reason);
            state.reclaimByNanos = null;
            turn.startTransition();
        }
        if (reason.cause() == Cause.HIGHER_EPOCH) {
            PeerMessages.startListeningAnew(turn); // some node reigns, even if only an answer indicates it
        }
        turn.emit(new Effect.SetLease(turn.nowNanos));
        if (state.phase != Phase.RELEASING) {
            turn.emit(new Effect.ClosePort(state.reignEpoch, 0));
            release(turn, reason);
        }
    }

    private static void release(ElectionContext turn, Reason reason) {
        turn.enter(Phase.RELEASING, reason);
        turn.emit(new Effect.ReleaseAddress(turn.state.reignEpoch));
    }

    static void onDrained(ElectionContext turn, long epoch) {
        State state = turn.state;
        if (state.phase == Phase.DRAINING && epoch == state.reignEpoch && state.leave != null) {
            release(turn, state.leave.reason());
        }
    }

    static void onReleased(ElectionContext turn, long epoch) {
        turn.state.addressSeen = false;
        if (turn.state.phase == Phase.RELEASING && epoch == turn.state.reignEpoch && !Handover.copies(turn)) {
            finish(turn, true);
        }
    }

    static void checkTimeouts(ElectionContext turn) {
        State state = turn.state;
        if (state.phase == Phase.DRAINING && turn.inPhaseNanos() >= Settings.DRAIN_NANOS + Settings.DRAIN_SLACK_NANOS) {
            onDrained(turn, state.reignEpoch);
        } else if (state.phase == Phase.RELEASING && turn.inPhaseNanos() >= Settings.RELEASE_NANOS) {
            turn.say("the address is not released in time: the guard or the kernel will drop it");
            turn.emit(new Effect.ReleaseAddress(0));
            Handover.abandon(turn);
            finish(turn, false);
        }
    }

    /**
     * Ends the reign, and commits a hand-over whose copies the peer has: one decision. Sends the resignation only if the
     * address is released: one that may still be there ends no promise.
     */
    static void finish(ElectionContext turn, boolean released) {
        State state = turn.state;
        State.Leave leave = state.leave;
        if (leave == null) {
            throw new AssertionError("a leave without an end: " + state.phase);
        }
        turn.emit(new Effect.SetLease(turn.nowNanos)); // ended before any message reports it
        if (state.moving) {
            turn.emit(new Effect.CommitHandover(state.reignEpoch));
            turn.emit(new Effect.ClosePort(state.reignEpoch, 0));
            state.moving = false;
        }
        if (released) {
            resign(turn, state.reignEpoch);
        }
        turn.emit(new Effect.DropClients());
        Phase after = state.closing ? Phase.STOPPED : leave.after();
        if (after == Phase.WATCHING && !isFit(state)) {
            after = Phase.UNFIT;
        }
        Candidacy.barAfter(turn, leave.reason().cause());
        turn.enter(after, leave.reason());
        state.leave = null;
        state.leased = false;
        state.lastReign = state.reignEpoch;
        state.reignEpoch = 0;
        state.alone = false;
        state.conflict = false;
        if (after == Phase.STOPPED) {
            turn.emit(new Effect.Stopped());
        } else {
            turn.heartbeat();
        }
        Maintenance.answer(turn);
    }

    private static void resign(ElectionContext turn, long epoch) {
        Settings settings = turn.settings;
        turn.emit(new Effect.SendResign(
                new Message.Resign(settings.self(), settings.incarnation(), epoch, turn.state.closing, turn.nowNanos)));
    }

    static void onSwitchover(ElectionContext turn) {
        State state = turn.state;
        String refusal = null;
        if (state.phase != Phase.REIGNING) {
            refusal = "this node is not active";
        } else if (!turn.hasHeir()) {
            refusal = Objects.requireNonNullElse(PlacementAgreement.refusal(turn), NO_FIT_PEER);
        }
        if (refusal != null) {
            turn.emit(new Effect.SwitchoverFailed(refusal));
            return;
        }
        state.switchover = true;
        state.switchoverSinceNanos = turn.nowNanos;
        inOrder(turn, Phase.WATCHING, new Reason(Cause.SWITCHOVER, "switchover requested"));
    }

    /** A peer of higher priority preempts this node. */
    static void onPreempted(ElectionContext turn, Peer peer) {
        if (turn.state.phase == Phase.REIGNING) {
            String text = peer.name() + " has priority " + peer.priority() + " and takes its place back";
            inOrder(turn, Phase.WATCHING, new Reason(Cause.PREEMPTED, text));
        }
    }

    /** Sets the stop flag first: from now on no event leads to a claim. */
    static void onStop(ElectionContext turn) {
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

    static void onFitness(ElectionContext turn, List<String> problems) {
        State state = turn.state;
        state.problems = problems;
        if (problems.isEmpty()) {
            return;
        }
        Reason reason = new Reason(Cause.UNFIT, String.join("; ", problems));
        if (state.phase.holds()) {
            atOnce(turn, Phase.UNFIT, reason);
        } else {
            becomeUnfit(turn, reason);
        }
    }

    /** Becomes unfit. A node that is neither active nor stepping down has nothing to release. */
    static void becomeUnfit(ElectionContext turn, Reason reason) {
        State state = turn.state;
        if (state.phase == Phase.WATCHING || state.phase == Phase.CANDIDATE || state.phase == Phase.STARTING) {
            turn.startTransition();
            state.reignEpoch = 0;
            state.reason = reason;
            turn.enter(Phase.UNFIT, reason);
        }
    }

    private static boolean isFit(State state) {
        return state.problems != null && state.problems.isEmpty() && !state.maintenance;
    }

    /** Moves from the start, or from a fault, to standby. */
    static void checkFitness(ElectionContext turn) {
        State state = turn.state;
        boolean fit = isFit(state) && state.connected && !state.closing;
        if (turn.settings.policy().votesOnly()) {
            beginToVote(turn);
        } else if (fit && state.phase == Phase.STARTING) {
            turn.startTransition();
            turn.enter(Phase.WATCHING, new Reason(Cause.STARTED, "fit, and the channel is connected"));
        } else if (fit && state.phase == Phase.UNFIT && turn.passed(state.backOffUntilNanos)) {
            state.backOffUntilNanos = null;
            turn.startTransition();
            turn.enter(Phase.WATCHING, new Reason(Cause.FIT_AGAIN, "fit again"));
        }
    }

    private static void beginToVote(ElectionContext turn) {
        State state = turn.state;
        boolean listened = turn.nowNanos - state.startedNanos >= turn.settings.initNanos();
        if (state.phase == Phase.STARTING && state.connected && listened) {
            turn.startTransition();
            turn.enter(Phase.VOTING, new Reason(Cause.STARTED, "votes, and never serves"));
        }
    }
}
