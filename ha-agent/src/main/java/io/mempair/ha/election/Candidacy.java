package io.mempair.ha.election;

import io.mempair.ha.election.Reason.Cause;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** When a node asks to be active, and when it takes that back. */
final class Candidacy {

    private Candidacy() {}

    /** Whether this node would take over now, or has. */
    static boolean isEligible(Turn turn) {
        State state = turn.state;
        return !state.closing
                && (state.phase == Phase.WATCHING || state.phase == Phase.CANDIDATE || state.phase.holds())
                && turn.passed(state.barredUntilNanos);
    }

    /** Runs after every event, because any of them may be what was missing. */
    static void consider(Turn turn) {
        State state = turn.state;
        if (state.phase == Phase.CANDIDATE) {
            pursue(turn);
        }
        if (state.phase != Phase.WATCHING || state.closing) {
            return;
        }
        if (livePeers(turn).stream().anyMatch(Peer::holds)) {
            state.nobodySinceNanos = null;
            return;
        }
        if (state.nobodySinceNanos == null) {
            state.nobodySinceNanos = turn.nowNanos;
        }
        if (isEligible(turn) && promiseIsFree(turn) && isMyTurn(turn)) {
            stand(turn);
        }
    }

    /** A node that promised its support to another has none for itself until that time is over. */
    static boolean promiseIsFree(Turn turn) {
        State.Promise promise = turn.state.promise;
        return promise == null || turn.passed(promise.untilNanos());
    }

    private static boolean isMyTurn(Turn turn) {
        List<Peer> live = livePeers(turn);
        if (live.isEmpty()) {
            return isAlone(turn);
        }
        boolean starting = turn.nowNanos - turn.state.startedNanos < turn.settings.initNanos();
        boolean better = live.stream()
                .anyMatch(peer ->
                        peer.outranks(turn.settings) && (peer.eligible() || (starting && peer.role() == Role.FAULT)));
        Long since = turn.state.nobodySinceNanos;
        return !better || (since != null && turn.nowNanos - since >= Settings.PATIENCE_NANOS);
    }

    private static void stand(Turn turn) {
        State state = turn.state;
        state.reignEpoch = state.epoch + 1;
        state.claimReason = why(turn);
        turn.startTransition();
        turn.enter(Phase.CANDIDATE, state.claimReason);
        if (livePeers(turn).isEmpty()) {
            goAlone(turn);
        } else {
            turn.heartbeat();
        }
    }

    private static Reason why(Turn turn) {
        Peer last = lastHeard(turn);
        if (last == null) {
            return new Reason(Cause.NOBODY_ACTIVE, "no peer heard since the start");
        }
        if (last.gone()) {
            return last.role() == Role.FAULT
                    ? new Reason(Cause.PEER_DIED, last.name() + " died")
                    : new Reason(Cause.PEER_RESIGNED, last.name() + " stopped");
        }
        if (last.silentNanos() >= turn.settings.detectionNanos()) {
            long silentMillis = (turn.nowNanos - last.heardNanos()) / 1_000_000;
            return new Reason(Cause.PEER_SILENT, last.name() + " not heard for " + silentMillis + " ms");
        }
        if (last.resignedEpoch() > 0 && last.resignedEpoch() == turn.state.epoch) {
            return new Reason(Cause.PEER_RESIGNED, last.name() + " resigned");
        }
        return new Reason(Cause.NOBODY_ACTIVE, "nobody is active");
    }

    private static void pursue(Turn turn) {
        List<Peer> live = livePeers(turn);
        if (live.stream().anyMatch(Peer::holds)) {
            withdraw(turn);
        } else if (live.isEmpty() && isAlone(turn)) {
            goAlone(turn);
        } else if (turn.inPhaseNanos() >= turn.settings.leaseNanos() || turn.state.epoch > turn.state.reignEpoch) {
            withdraw(turn);
        }
    }

    /** Back to watching; a short bar keeps two candidates from meeting again at once. */
    static void withdraw(Turn turn) {
        turn.state.reignEpoch = 0;
        turn.state.barredUntilNanos = turn.nowNanos + 2 * turn.settings.heartbeatNanos();
        turn.enter(Phase.WATCHING, turn.state.claimReason);
    }

    private static void goAlone(Turn turn) {
        turn.say("no peer answers and there is no tie-breaker: serving alone");
        turn.state.alone = true;
        turn.state.reignEpoch = Math.max(turn.state.reignEpoch, turn.state.epoch + 1);
        Reign.begin(turn, turn.nowNanos + turn.settings.leaseNanos());
    }

    /** Whether this node has listened long enough to believe that no peer is there. */
    private static boolean isAlone(Turn turn) {
        return turn.state.settled && turn.state.listenedNanos >= turn.settings.detectionNanos();
    }

    static List<Peer> livePeers(Turn turn) {
        long limitNanos = turn.settings.detectionNanos();
        return turn.state.peers.values().stream()
                .filter(peer -> !peer.gone() && peer.silentNanos() < limitNanos)
                .toList();
    }

    private static @Nullable Peer lastHeard(Turn turn) {
        return turn.state.peers.values().stream()
                .max(Comparator.comparingLong(peer -> peer.heardNanos() - turn.nowNanos))
                .orElse(null);
    }
}
