package io.mempair.ha.election;

import io.mempair.ha.election.Reason.Cause;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Handles the hand-over: an orderly step-down that moves the clients' connections to the peer. The way through the
 * phases, beside that of {@link StepDown}:
 *
 * <pre>
 * REIGNING    PrepareHandover: the peer says whether it can; this node serves as before
 * DRAINING    Quiesce: no request begins, those in flight are answered; the port stays open
 * RELEASING   ReleaseAddress: from here on no packet reaches this host's connections, and none leaves them
 * COPYING     CopyConnections: the peer has a copy of each connection that it does not use yet
 * the end     CommitHandover, together with the resignation: from here on the connections are the peer's
 * TAKING_BACK on a failure before that: the address, the port and the connections return to this node
 * </pre>
 *
 * <p>The end of the reign and the commit are one decision, made in one turn while the lease lasts. Before it this node
 * may serve its connections again, after it never: a connection is therefore served by one node at any time. The
 * fences of the election hold as in any other step-down.
 */
final class Handover {

    /** Time allowed for the peer to say whether it takes the connections. Nothing stands still meanwhile. */
    static final long PREPARE_NANOS = 1_000_000_000L;

    /** Time for requests in flight; the connections that still have one then are not moved. */
    static final long QUIESCE_NANOS = 100_000_000L;

    /** Longest time for the copy, whatever the executor allows it. */
    static final long COPY_NANOS = 2_000_000_000L;

    /** After a hand-over that failed, step-downs are plain ones for a while. */
    static final long PAUSE_NANOS = 10_000_000_000L;

    private Handover() {}

    static void onAllowed(ElectionContext turn, boolean allowed) {
        turn.state.handover = allowed;
    }

    /** Begins one before a step-down, if it is allowed and the peer that takes over is known. */
    static boolean begins(ElectionContext turn, State.Leave leave) {
        State state = turn.state;
        if (state.preparing != null) {
            state.preparing = new State.Preparing(leave, state.preparing.sinceNanos());
            return true;
        }
        String heir = turn.heir();
        boolean possible = state.handover && state.phase == Phase.REIGNING && turn.passed(state.noHandoverUntilNanos);
        if (!possible || heir == null) {
            return false;
        }
        state.preparing = new State.Preparing(leave, turn.nowNanos);
        turn.startTransition();
        turn.emit(new Effect.PrepareHandover(state.reignEpoch, heir));
        return true;
    }

    /** The peer takes the connections: stops the requests. */
    static void onPrepared(ElectionContext turn, long epoch) {
        State.Preparing preparing = turn.state.preparing;
        if (preparing == null || epoch != turn.state.reignEpoch) {
            return;
        }
        if (turn.hasHeir()) {
            turn.state.preparing = null;
            turn.state.moving = true;
            StepDown.begin(turn, preparing.leave(), new Effect.Quiesce(epoch, QUIESCE_NANOS));
        } else {
            abandon(turn);
            goOnWithout(turn, preparing.leave());
        }
    }

    /** The connections cannot be moved, for a reason before the commit. */
    static void onFailed(ElectionContext turn, long epoch, String why) {
        State state = turn.state;
        if (epoch != state.reignEpoch) {
            return;
        }
        State.Preparing preparing = state.preparing;
        if (preparing != null) {
            turn.say("connections are not handed over: " + why);
            abandon(turn);
            goOnWithout(turn, preparing.leave());
        } else if (state.moving && state.phase == Phase.RELEASING) {
            state.handoverFailure = why; // the address must be off before it can be claimed again
        } else if (state.moving && state.phase.leaves()) {
            takeBack(turn, why);
        }
    }

    /** Leaves in the plain way; stays if the step-down was for a peer that is not there any more. */
    private static void goOnWithout(ElectionContext turn, State.Leave leave) {
        Cause cause = leave.reason().cause();
        boolean forThePeer = cause == Cause.SWITCHOVER || cause == Cause.PREEMPTED;
        if (!forThePeer || turn.hasHeir()) {
            StepDown.begin(turn, leave, new Effect.ClosePort(turn.state.reignEpoch, Settings.DRAIN_NANOS));
        } else if (turn.state.switchover) {
            turn.state.switchover = false;
            String refusal = PlacementAgreement.refusal(turn);
            turn.emit(new Effect.SwitchoverFailed(Objects.requireNonNullElse(refusal, StepDown.NO_FIT_PEER)));
        }
    }

    /** The address is off: copies the connections, which nobody can reach now. Returns false if there is nothing to move. */
    static boolean copies(ElectionContext turn) {
        State state = turn.state;
        if (!state.moving) {
            return false;
        }
        if (state.handoverFailure != null || !state.leased) {
            takeBack(turn, Objects.requireNonNullElse(state.handoverFailure, "the lease is over"));
            return true;
        }
        turn.enter(Phase.COPYING, state.reason);
        turn.emit(new Effect.CopyConnections(state.reignEpoch));
        return true;
    }

    /** The peer has every copy: the end of the reign. */
    static void onCopied(ElectionContext turn, long epoch) {
        if (turn.state.phase == Phase.COPYING && epoch == turn.state.reignEpoch && turn.state.leased) {
            StepDown.finish(turn, true);
        }
    }

    /**
     * Before the commit: the connections are this node's again. One that stops, or goes into maintenance, leaves in the
     * plain way nevertheless.
     */
    private static void takeBack(ElectionContext turn, String why) {
        State state = turn.state;
        State.Leave leave = state.leave;
        turn.say("the hand-over failed, so the connections are taken back: " + why);
        abandon(turn);
        state.noHandoverUntilNanos = turn.nowNanos + PAUSE_NANOS;
        Cause cause = leave == null ? null : leave.reason().cause();
        boolean stays = state.leased && !state.closing && (cause == Cause.SWITCHOVER || cause == Cause.PREEMPTED);
        if (stays) {
            state.leave = null;
            turn.enter(Phase.TAKING_BACK, state.reason);
            turn.emit(new Effect.ClaimAddress(state.reignEpoch, null, false));
            turn.heartbeat();
        } else if (state.phase == Phase.DRAINING) {
            turn.emit(new Effect.ClosePort(state.reignEpoch, Settings.DRAIN_NANOS));
            turn.state.phaseSinceNanos = turn.nowNanos;
        } else {
            turn.emit(new Effect.ClosePort(state.reignEpoch, 0));
            StepDown.finish(turn, true);
        }
    }

    /** Ends what has begun, without a commit. Does nothing if nothing has. */
    static void abandon(ElectionContext turn) {
        State state = turn.state;
        if (state.moving || state.preparing != null) {
            turn.emit(new Effect.AbandonHandover(state.reignEpoch));
        }
        state.moving = false;
        state.preparing = null;
        state.handoverFailure = null;
    }

    static void checkTimeouts(ElectionContext turn) {
        State state = turn.state;
        State.@Nullable Preparing preparing = state.preparing;
        if (preparing != null && turn.nowNanos - preparing.sinceNanos() >= PREPARE_NANOS) {
            onFailed(turn, state.reignEpoch, "the peer did not answer in time");
        } else if (state.phase == Phase.COPYING && turn.inPhaseNanos() >= COPY_NANOS) {
            takeBack(turn, "the copy took too long");
        } else if (state.phase == Phase.TAKING_BACK && turn.inPhaseNanos() >= turn.settings.claimNanos()) {
            Reign.onFailed(turn, state.reignEpoch, "the address cannot be taken back in time");
        }
    }
}
