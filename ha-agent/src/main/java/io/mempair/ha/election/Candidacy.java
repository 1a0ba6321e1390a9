package io.mempair.ha.election;

import io.mempair.ha.election.Reason.Cause;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Decides when a node asks to be active, and when it withdraws. */
final class Candidacy {

    private Candidacy() {}

    /** Whether this node would take over now, or has done so. */
    static boolean isEligible(ElectionContext turn) {
        return isFree(turn)
                && !holdsDown(turn)
                && !turn.state.deaf
                && !PlacementAgreement.keepsBack(turn)
                && TieBreaker.answers(turn);
    }

    /** Whether it has lost its reign too often to claim again while another node can. */
    private static boolean holdsDown(ElectionContext turn) {
        return !turn.passed(turn.state.heldDownUntilNanos);
    }

    /**
     * Whether this node yields while held down. A held-down node is better than none, so it yields only to an eligible
     * peer.
     */
    private static boolean leavesTheWay(ElectionContext turn) {
        return holdsDown(turn) && turn.hasHeir();
    }

    private static boolean isFree(ElectionContext turn) {
        State state = turn.state;
        return !state.closing
                && !Namesake.isHeard(state, turn.settings, turn.nowNanos)
                && (state.phase == Phase.WATCHING || state.phase == Phase.CANDIDATE || state.phase.holds())
                && turn.passed(state.barredUntilNanos);
    }

    /** Whether it has waited long enough to preempt. */
    static boolean preempts(ElectionContext turn) {
        Policy policy = turn.settings.policy();
        Long sinceNanos = turn.state.eligibleSinceNanos;
        return policy.preempts()
                && turn.state.phase == Phase.WATCHING
                && sinceNanos != null
                && turn.nowNanos - sinceNanos >= policy.preemptDelayNanos();
    }

    /** Starts a candidacy if the conditions hold; runs after every event, because any event may complete them. */
    static void consider(ElectionContext turn) {
        State state = turn.state;
        if (state.phase == Phase.CANDIDATE) {
            pursue(turn);
        }
        if (!isEligible(turn)) {
            state.eligibleSinceNanos = null;
        } else if (state.eligibleSinceNanos == null) {
            state.eligibleSinceNanos = turn.nowNanos;
        }
        if (state.phase != Phase.WATCHING || state.closing) {
            return;
        }
        if (turn.liveNodes().stream().anyMatch(Peer::holds)) {
            state.nobodySinceNanos = null;
            return;
        }
        if (state.nobodySinceNanos == null) {
            state.nobodySinceNanos = turn.nowNanos;
        }
        boolean free = isFree(turn) && !leavesTheWay(turn) && promiseIsFree(turn);
        if (free && isMyTurn(turn) && !StateCatchUp.keepsBack(turn)) {
            stand(turn);
        }
    }

    /** Whether this node's own vote is free: not while a promise to another node lasts. */
    static boolean promiseIsFree(ElectionContext turn) {
        State.Promise promise = turn.state.promise;
        return promise == null || turn.passed(promise.untilNanos());
    }

    private static boolean isMyTurn(ElectionContext turn) {
        List<Peer> live = turn.liveNodes();
        if (turn.state.deaf && (turn.settings.policy().witnessed() || !live.isEmpty())) {
            return false; // its candidacy would take votes from a node that hears the answers
        }
        if (live.isEmpty()) {
            return isAlone(turn);
        }
        boolean starting = turn.nowNanos - turn.state.startedNanos < turn.settings.initNanos();
        boolean better = live.stream()
                .anyMatch(peer -> PlacementAgreement.leavesTo(turn, peer)
                        || (peer.outranks(turn.settings)
                                && (peer.eligible() || holdsDown(turn) || (starting && peer.role() == Role.FAULT))));
        Long since = turn.state.nobodySinceNanos;
        return !better || (since != null && turn.nowNanos - since >= Settings.PATIENCE_NANOS);
    }

    private static void stand(ElectionContext turn) {
        State state = turn.state;
        state.reignEpoch = state.epoch + 1;
        state.claimReason = why(turn);
        state.fence = whomToFence(turn);
        turn.startTransition();
        turn.enter(Phase.CANDIDATE, state.claimReason);
        if (turn.liveNodes().isEmpty() && !turn.settings.policy().witnessed()) {
            goAlone(turn);
        } else {
            turn.heartbeat();
        }
    }

    /**
     * The peer to fence. A peer that resigned has released the address; one that fell silent or died may still hold it.
     */
    private static @Nullable String whomToFence(ElectionContext turn) {
        Peer last = lastHeard(turn);
        Cause cause = turn.state.claimReason.cause();
        return last != null && (cause == Cause.PEER_SILENT || cause == Cause.PEER_DIED) ? last.name() : null;
    }

    private static Reason why(ElectionContext turn) {
        Peer last = lastHeard(turn);
        if (last == null) {
            return new Reason(Cause.NOBODY_ACTIVE, "no peer was heard since the start");
        }
        if (last.gone()) {
            return last.departure() == Departure.DIED
                    ? new Reason(Cause.PEER_DIED, last.name() + " died")
                    : new Reason(Cause.PEER_RESIGNED, last.name() + " stopped");
        }
        if (last.silentNanos() >= turn.settings.detectionNanos()) {
            long silentMillis = (turn.nowNanos - last.heardNanos()) / 1_000_000;
            return new Reason(Cause.PEER_SILENT, last.name() + " was not heard for " + silentMillis + " ms");
        }
        if (last.resignedEpoch() > 0 && last.resignedEpoch() == turn.state.epoch) {
            return new Reason(Cause.PEER_RESIGNED, last.name() + " resigned");
        }
        return new Reason(Cause.NOBODY_ACTIVE, "nobody was active");
    }

    private static void pursue(ElectionContext turn) {
        List<Peer> live = turn.liveNodes();
        if (live.stream().anyMatch(Peer::holds)) {
            withdraw(turn);
        } else if (live.isEmpty() && !turn.settings.policy().witnessed() && isAlone(turn)) {
            goAlone(turn);
        } else if (turn.inPhaseNanos() >= turn.settings.leaseNanos() || turn.state.epoch > turn.state.reignEpoch) {
            withdraw(turn);
        }
    }

    /** Returns to watching; a short pause prevents two candidates from colliding again. */
    static void withdraw(ElectionContext turn) {
        withdraw(turn, 2 * turn.settings.heartbeatNanos());
    }

    private static void withdraw(ElectionContext turn, long barNanos) {
        turn.state.reignEpoch = 0;
        turn.state.barredUntilNanos = turn.nowNanos + barNanos;
        turn.enter(Phase.WATCHING, turn.state.claimReason);
    }

    /**
     * A voter refused because of its promise to another node. Asks again when that promise ends, or earlier, because
     * the voter may learn that the other node is dead.
     */
    static void onRefused(ElectionContext turn, long busyNanos) {
        long heartbeatNanos = turn.settings.heartbeatNanos();
        long againNanos = Math.min(busyNanos + heartbeatNanos / 8, heartbeatNanos / 2);
        withdraw(turn, busyNanos > 0 ? againNanos : 2 * heartbeatNanos);
    }

    /** After a reign: yields to the peer it handed over to, and starts a hold-down if reigns were lost repeatedly. */
    static void barAfter(ElectionContext turn, Cause cause) {
        State state = turn.state;
        switch (cause) {
            case SWITCHOVER, PREEMPTED -> state.barredUntilNanos = turn.nowNanos + Settings.HOLD_OFF_NANOS;
            case LEASE_LOST, HIGHER_EPOCH, UNFIT -> holdDown(turn);
            default -> {
                // a stop, or a failed claim, which has its own back-off
            }
        }
    }

    private static void holdDown(ElectionContext turn) {
        List<Long> losses = new ArrayList<>(turn.state.lossesNanos);
        losses.add(turn.nowNanos);
        losses.removeIf(lostNanos -> turn.nowNanos - lostNanos >= Settings.FLAPPING_NANOS);
        turn.state.lossesNanos = List.copyOf(losses);
        int over = losses.size() - Settings.FLAPPING_LOSSES;
        if (over >= 0) {
            long downNanos = Math.min(Settings.HOLD_DOWN_NANOS << Math.min(over, 8), Settings.MAX_HOLD_DOWN_NANOS);
            turn.state.heldDownUntilNanos = turn.nowNanos + downNanos;
            turn.say("lost its reign " + losses.size() + " times within a minute: holding down for "
                    + downNanos / 1_000_000_000 + " s");
        }
    }

    private static void goAlone(ElectionContext turn) {
        State state = turn.state;
        Long untilNanos = TieBreaker.aloneUntil(turn, turn.nowNanos);
        if (untilNanos == null || turn.passed(untilNanos)) {
            withdraw(turn);
            return;
        }
        turn.say(TieBreaker.whyAlone(turn) + ": serving alone");
        state.alone = true;
        state.reignEpoch = Math.max(state.reignEpoch, state.epoch + 1);
        Reign.begin(turn, untilNanos);
    }

    /** Whether this node has listened long enough to conclude that no other node is there, and may act on that. */
    private static boolean isAlone(ElectionContext turn) {
        boolean listened = turn.state.settled && turn.state.listenedNanos >= turn.settings.detectionNanos();
        return listened && (turn.settings.policy().witnessed() ? turn.hasLiveWitness() : TieBreaker.allowsAlone(turn));
    }

    private static @Nullable Peer lastHeard(ElectionContext turn) {
        return turn.state.peers.values().stream()
                .filter(peer -> !peer.isWitness())
                .max(Comparator.comparingLong(peer -> peer.heardNanos() - turn.nowNanos))
                .orElse(null);
    }
}
