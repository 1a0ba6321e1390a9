package io.mempair.ha.election;

import io.mempair.ha.election.Reason.Cause;

/** From the lease to the open port, and what keeps an active node active. */
final class Reign {

    private Reign() {}

    /** The lease is there: claim the address. */
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

    /** Before anything else, at every event: a late one must not find a lease that is over. */
    static void checkLease(ElectionContext turn) {
        State state = turn.state;
        if (!state.leased || turn.nowNanos - state.leaseUntilNanos < 0) {
            return;
        }
        state.leased = false;
        state.deaf = true;
        if (state.phase.holds() || state.phase == Phase.DRAINING) {
            long pauseMillis = (turn.nowNanos - state.lastTickNanos) / 1_000_000;
            boolean paused = turn.nowNanos - state.lastTickNanos > 2 * turn.settings.heartbeatNanos();
            String text = paused ? "this process was paused for " + pauseMillis + " ms" : "nobody renewed the lease";
            StepDown.atOnce(turn, Phase.WATCHING, new Reason(Cause.LEASE_LOST, text));
        }
        PeerMessages.startListeningAnew(turn);
    }

    /**
     * A timely tick renews the lease of an active node of two whose peer is missing; its own word, and the tie-breaker's,
     * are enough then. It counts from the last request all the same: a peer that hears us but is not heard has promised
     * no more than that. With a witness nobody is ever active on his own word.
     */
    static void renewAlone(ElectionContext turn) {
        State state = turn.state;
        boolean missing = state.peers.values().stream()
                .allMatch(peer -> peer.gone() || peer.silentNanos() >= turn.settings.missingNanos());
        boolean renewable = state.leased && (state.phase.holds() || state.phase == Phase.DRAINING);
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

    /** A lease only grows; small steps are not worth an effect. */
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
        } else if (state.phase == Phase.REIGNING) {
            state.reclaimByNanos = null;
        }
    }

    static void onOpened(ElectionContext turn, long epoch) {
        State state = turn.state;
        if (state.phase == Phase.OPENING && epoch == state.reignEpoch) {
            state.failedClaims = 0;
            turn.enter(Phase.REIGNING, state.claimReason);
            turn.heartbeat();
            if (state.switchover) {
                state.switchover = false;
                turn.emit(new Effect.SwitchoverFailed("the peer did not take over: this node is active again"));
            }
        }
    }

    /** The address could not be taken, or the port not be opened: leave, and let the peer try. */
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

    /** The guard let go of the address although nobody asked it to. */
    static void onLost(ElectionContext turn, String why) {
        State state = turn.state;
        state.addressSeen = false;
        if (state.phase == Phase.REIGNING) {
            reclaim(turn, why);
        } else if (state.phase == Phase.CLAIMING || state.phase == Phase.OPENING) {
            turn.emit(new Effect.ClaimAddress(state.reignEpoch, state.fence, false));
        }
    }

    /** What the interface really carries, compared with what should be there. */
    static void onObserved(ElectionContext turn, boolean held) {
        State state = turn.state;
        state.addressSeen = held;
        if (held && !state.phase.mayHaveAddress()) {
            turn.say("the interface carries the address though this node is not active: removing it");
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

    /** Nothing waits for ever. */
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
