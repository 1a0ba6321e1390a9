package io.mempair.ha.election;

import io.mempair.ha.election.Message.Support;

/** Whom this node supports: one holder at a time, until the time it received the request plus a lease. */
final class Voting {

    private Voting() {}

    static void answer(Turn turn, Peer peer) {
        State state = turn.state;
        if (state.phase == Phase.CANDIDATE && (peer.holds() || peer.outranks(turn.settings))) {
            Candidacy.withdraw(turn);
        }
        boolean granted = isFreeFor(turn, peer);
        if (granted) {
            state.epoch = Math.max(state.epoch, peer.reignEpoch());
            state.promise =
                    new State.Promise(peer.name(), peer.reignEpoch(), turn.nowNanos + turn.settings.leaseNanos());
        }
        turn.emit(new Effect.SendSupport(
                peer.name(),
                new Support(turn.settings.self(), peer.reignEpoch(), peer.sentNanos(), granted, state.epoch)));
    }

    private static boolean isFreeFor(Turn turn, Peer peer) {
        State state = turn.state;
        State.Promise promise = state.promise;
        boolean promised =
                promise != null && !promise.holder().equals(peer.name()) && turn.nowNanos - promise.untilNanos() < 0;
        boolean mine = state.phase == Phase.CANDIDATE || state.phase.mayHaveAddress();
        return !mine && !promised && peer.reignEpoch() >= state.epoch;
    }
}
