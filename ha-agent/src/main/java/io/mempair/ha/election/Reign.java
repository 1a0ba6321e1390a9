package io.mempair.ha.election;

import io.mempair.ha.election.Reason.Cause;

/** Handles a reign: from the lease to the open port, and the renewal of the lease. */
final class Reign {

    private Reign() {}

    /** The lease is granted: claims the address. */
    static void begin(ElectionContext turn, long leaseUntilNanos) {
        State state = turn.state;
        state.leased = true;
        state.leaseUntilNanos = leaseUntilNanos;
        state.epoch = Math.max(state.epoch, state.reignEpoch);
        state.nobodySinceNanos = null;
        PlacementAgreement.warnOfTakeOver(turn);
        turn.enter(Phase.CLAIMING, state.claimReason);
        turn.emit(new Effect.SetLease(leaseUntilNanos));
        boolean unhurried = state.servedNanos == null || turn.nowNanos - state.servedNanos >= Settings.PATIENCE_NANOS;
        turn.emit(new Effect.ClaimAddress(state.reignEpoch, state.fence, unhurried));
        turn.heartbeat();
    }

    /** Checks the lease first at every event, so that a late event never acts on an expired one. */
    static void checkLease(ElectionContext turn) {
        State state = turn.state;
        if (!state.leased || turn.nowNanos - state.leaseUntilNanos < 0) {
            return;
        }
        state.leased = false;
        state.deaf = true;
        if (mayGoOn(state.phase)) {
            long pauseMillis = (turn.nowNanos - state.lastTickNanos) / 1_000_000;
            boolean paused = turn.nowNanos - state.lastTickNanos > 2 * turn.settings.heartbeatNanos();
            String text = paused ? "this process was paused for " + pauseMillis + " ms" : "nobody renewed the lease";
            StepDown.atOnce(turn, Phase.WATCHING, new Reason(Cause.LEASE_LOST, text));
        }
        PeerMessages.startListeningAnew(turn);
    }

    /**
     * Renews the lease of an active node in a pair whose peer is missing: a timely tick and the tie-breaker are enough.
     * The lease still counts from the last request, because a peer that hears this node without being heard has
     * promised no more. With a witness a node never renews its own lease.
     */
    static void renewAlone(ElectionContext turn) {
        State state = turn.state;
        boolean missing = state.peers.values().stream()
                .allMatch(peer -> peer.gone() || peer.silentNanos() >= turn.settings.missingNanos());
        boolean renewable = state.leased && mayGoOn(state.phase);
        if (!renewable || !missing || turn.settings.policy().witnessed()) {
            return;
        }
        Long untilNanos = TieBreaker.aloneUntil(turn, state.lastHeartbeatNanos);
        if (untilNanos == null || turn.passed(untilNanos)) {
            return;
        }
        if (!state.alone) {
            state.alone = true;
            turn.say(TieBreaker.whyAlone(turn) + ": going on alone");
        }
        extend(turn, untilNanos);
    }

    /** Whether the lease is in use: the node serves, or may still serve in this reign. */
    static boolean mayGoOn(Phase phase) {
        return phase.holds() || phase == Phase.DRAINING || phase == Phase.COPYING;
    }

    /** Extends the lease; small extensions produce no effect. */
    static void extend(ElectionContext turn, long untilNanos) {
        State state = turn.state;
        if (untilNanos - state.leaseUntilNanos >= turn.settings.heartbeatNanos() / 2) {
            state.leaseUntilNanos = untilNanos;
            turn.emit(new Effect.SetLease(untilNanos));
        }
    }

    static void onClaimed(ElectionContext turn, long epoch) {
        State state = turn.state;
        if (epoch != state.reignEpoch) {
            return;
        }
        state.addressSeen = true;
        if (state.phase == Phase.CLAIMING) {
            turn.enter(Phase.OPENING, state.claimReason);
            turn.emit(new Effect.OpenPort(epoch));
        } else if (state.phase == Phase.TAKING_BACK) {
            turn.emit(new Effect.OpenPort(epoch));
        } else if (state.phase == Phase.REIGNING) {
            state.reclaimByNanos = null;
        }
    }

    static void onOpened(ElectionContext turn, long epoch) {
        State state = turn.state;
        boolean opens = state.phase == Phase.OPENING || state.phase == Phase.TAKING_BACK;
        if (opens && epoch == state.reignEpoch) {
            state.failedClaims = 0;
            turn.enter(Phase.REIGNING, state.claimReason);
            turn.heartbeat();
            if (state.switchover) {
                state.switchover = false;
                turn.emit(new Effect.SwitchoverFailed("the peer did not take over: this node is active again"));
            }
        }
    }

    /** The address could not be claimed, or the port could not be opened: steps down, so that the peer can try. */
    static void onFailed(ElectionContext turn, long epoch, String why) {
        State state = turn.state;
        if (!state.phase.holds() || epoch != state.reignEpoch) {
            return;
        }
        long backOffNanos =
                Math.min(Settings.BACK_OFF_NANOS << Math.min(state.failedClaims, 4), Settings.MAX_BACK_OFF_NANOS);
        state.failedClaims++;
        state.backOffUntilNanos = turn.nowNanos + backOffNanos;
        StepDown.atOnce(turn, Phase.UNFIT, new Reason(Cause.CLAIM_FAILED, why));
    }

    /** The guard dropped the address without a command. */
    static void onLost(ElectionContext turn, String why) {
        State state = turn.state;
        state.addressSeen = false;
        if (state.phase == Phase.REIGNING) {
            reclaim(turn, why);
        } else if (state.phase.holds()) {
            turn.emit(new Effect.ClaimAddress(state.reignEpoch, state.fence, false));
        }
    }

    /** Compares what the interface carries with what it should carry. */
    static void onObserved(ElectionContext turn, boolean held) {
        State state = turn.state;
        state.addressSeen = held;
        if (held && !state.phase.mayHaveAddress()) {
            turn.say("the interface carries the address although this node is not active: removing it");
            turn.emit(new Effect.ReleaseAddress(0));
        } else if (!held && state.phase == Phase.REIGNING) {
            reclaim(turn, "it is missing on the interface");
        }
    }

    private static void reclaim(ElectionContext turn, String why) {
        if (turn.state.reclaimByNanos == null) {
            turn.state.reclaimByNanos = turn.nowNanos + turn.settings.claimNanos();
            turn.say("claiming the address again: " + why);
        }
        turn.emit(new Effect.ClaimAddress(turn.state.reignEpoch, null, false));
    }

    /** Ends phases that exceed their time limit. */
    static void checkTimeouts(ElectionContext turn) {
        State state = turn.state;
        boolean late = turn.inPhaseNanos() >= turn.settings.claimNanos();
        if (state.phase == Phase.CLAIMING && late) {
            onFailed(turn, state.reignEpoch, "the address is not on the interface in time");
        } else if (state.phase == Phase.OPENING && late) {
            onFailed(turn, state.reignEpoch, "the port is not open in time");
        } else if (state.phase == Phase.REIGNING && state.reclaimByNanos != null && turn.passed(state.reclaimByNanos)) {
            onFailed(turn, state.reignEpoch, "the address was lost and cannot be claimed again");
        }
    }
}
