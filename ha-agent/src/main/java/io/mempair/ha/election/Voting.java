package io.mempair.ha.election;

import io.mempair.ha.election.Message.Support;

/** Decides which node this voter supports: one holder at a time, until the receipt of the request plus a lease. */
final class Voting {

    private Voting() {}

    static void answer(ElectionContext turn, Peer peer) {
        State state = turn.state;
        if (state.phase == Phase.CANDIDATE && (peer.holds() || peer.outranks(turn.settings))) {
            Candidacy.withdraw(turn);
        }
        boolean granted = plays(turn, peer) && isFreeFor(turn, peer);
        if (granted) {
            long leaseNanos =
                    Math.max(turn.settings.leaseNanos(), peer.said().terms().leaseNanos());
            state.epoch = Math.max(state.epoch, peer.reignEpoch());
            state.promise = new State.Promise(peer.name(), peer.reignEpoch(), turn.nowNanos + leaseNanos);
        }
        turn.emit(new Effect.SendSupport(
                peer.name(),
                new Support(
                        turn.settings.self(),
                        peer.reignEpoch(),
                        peer.sentNanos(),
                        granted,
                        state.epoch,
                        granted ? 0 : busyNanos(turn, peer),
                        state.serverState)));
    }

    /** Whether the peer counts the same voters; nodes that differ must not vote for each other. */
    private static boolean plays(ElectionContext turn, Peer peer) {
        boolean witnessed = turn.settings.policy().witnessed();
        if (peer.said().terms().witnessed() == witnessed) {
            return true;
        }
        turn.say(peer.name() + (witnessed ? " has no witness, this node has" : " has a witness, this node has none")
                + ": write the same group.mode on both; it gets no support");
        return false;
    }

    private static long busyNanos(ElectionContext turn, Peer peer) {
        State.Promise promise = turn.state.promise;
        return promise == null || promise.holder().equals(peer.name())
                ? 0
                : Math.max(0, promise.untilNanos() - turn.nowNanos);
    }

    private static boolean isFreeFor(ElectionContext turn, Peer peer) {
        State state = turn.state;
        State.Promise promise = state.promise;
        boolean promised =
                promise != null && !promise.holder().equals(peer.name()) && turn.nowNanos - promise.untilNanos() < 0;
        boolean mine = state.phase == Phase.CANDIDATE || state.phase.mayHaveAddress();
        if (turn.settings.policy().votesOnly() && state.phase != Phase.VOTING) {
            return false; // an earlier run of the witness may have made a promise, and two of three voters decide
        }
        return !mine && !promised && peer.reignEpoch() >= state.epoch;
    }
}
