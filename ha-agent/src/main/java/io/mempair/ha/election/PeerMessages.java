package io.mempair.ha.election;

import io.mempair.ha.election.Message.Heartbeat;
import io.mempair.ha.election.Message.Resign;
import io.mempair.ha.election.Message.Support;
import io.mempair.ha.election.Reason.Cause;
import org.jspecify.annotations.Nullable;

/** Handles messages of peers, and their silence. */
final class PeerMessages {

    /** Most peer names kept; a pair has one peer, others are renamed or misconfigured nodes. */
    private static final int MAX_PEERS = 8;

    private PeerMessages() {}

    static void onMessage(ElectionContext turn, Message message) {
        boolean ownName = message.from().equals(turn.settings.self());
        if (message instanceof Heartbeat heartbeat) {
            if (ownName) {
                Namesake.onHeard(turn, heartbeat.incarnation());
            } else {
                onHeartbeat(turn, heartbeat);
            }
        } else if (ownName) {
            return; // its heartbeats identify it
        } else if (message instanceof Support support) {
            onSupport(turn, support);
        } else if (message instanceof Resign resign) {
            onResign(turn, resign);
        }
    }

    private static void onHeartbeat(ElectionContext turn, Heartbeat heard) {
        State state = turn.state;
        Peer peer = takeIn(turn, heard);
        if (peer == null) {
            return;
        }
        state.deaf = false;
        if (!peer.isWitness()) {
            state.settled = true;
            state.alone = false;
        }
        if (peer.holds() && peer.role() == Role.ACTIVE) {
            state.servedNanos = turn.nowNanos;
        }
        state.epoch = Math.max(state.epoch, heard.epoch());
        yieldOrKeep(turn, peer);
        if (peer.eligible() && peer.said().terms().preempts() && peer.outranks(turn.settings)) {
            StepDown.onPreempted(turn, peer);
        }
        if (peer.reignEpoch() != 0) {
            Voting.answer(turn, peer);
        }
        StateCatchUp.help(turn, peer);
        if (state.switchover && peer.holds() && peer.role() == Role.ACTIVE) {
            state.switchover = false;
            state.barredUntilNanos = null;
            long tookMillis = (turn.nowNanos - state.switchoverSinceNanos) / 1_000_000;
            turn.emit(new Effect.SwitchoverDone(
                    peer.name() + " is active, epoch " + peer.reignEpoch() + ", after " + tookMillis + " ms"));
        }
    }

    /** The peer after this heartbeat; null if the heartbeat is old, or of an earlier incarnation. */
    private static @Nullable Peer takeIn(ElectionContext turn, Heartbeat heard) {
        State state = turn.state;
        Peer known = state.peers.get(heard.from());
        Peer peer;
        if (known == null) {
            peer = state.peers.size() < MAX_PEERS ? Peer.first(heard, turn.nowNanos) : null;
        } else if (known.incarnation() == heard.incarnation()) {
            boolean old = known.gone() || heard.sentNanos() - known.sentNanos() < 0;
            peer = old ? null : known.again(heard, turn.nowNanos);
        } else if (Succession.isProved(turn, known, heard)) {
            freePromise(turn, heard.from(), Long.MAX_VALUE); // the incarnation it was promised to is dead
            peer = Peer.first(heard, turn.nowNanos);
        } else {
            peer = Succession.isLikely(turn, known) ? Peer.first(heard, turn.nowNanos) : null;
        }
        if (peer != null) {
            state.peers.put(peer.name(), peer);
        }
        return peer;
    }

    /** A higher epoch ends a reign immediately; with equal epochs the node with the lower name keeps it. */
    private static void yieldOrKeep(ElectionContext turn, Peer peer) {
        State state = turn.state;
        if (!Reign.mayGoOn(state.phase)) {
            return;
        }
        boolean twin = peer.holds() && peer.reignEpoch() == state.reignEpoch;
        if (state.epoch > state.reignEpoch || (twin && peer.name().compareTo(turn.settings.self()) < 0)) {
            String text = peer.holds()
                    ? peer.name() + " is active with epoch " + peer.reignEpoch()
                    : peer.name() + " knows epoch " + state.epoch;
            StepDown.atOnce(turn, Phase.WATCHING, new Reason(Cause.HIGHER_EPOCH, text));
        } else if (peer.holds() != state.conflict) {
            state.conflict = peer.holds();
            turn.say(
                    peer.holds()
                            ? peer.name() + " was active too, with epoch " + peer.reignEpoch() + ": this node stays"
                            : peer.name() + " is not active any more");
            turn.emit(new Effect.Announce());
        }
    }

    private static void onSupport(ElectionContext turn, Support support) {
        State state = turn.state;
        Peer voter = state.peers.get(support.from());
        if (voter != null && !voter.gone()) {
            // an answer proves that the peer is alive
            state.peers.put(voter.name(), voter.answered(support.state(), roundTripNanos(turn, voter, support)));
            state.deaf = false;
        }
        if (voter == null || state.reignEpoch == 0 || support.epoch() != state.reignEpoch) {
            return;
        }
        if (!support.granted()) {
            onRefused(turn, voter, support);
            return;
        }
        long untilNanos = support.echoNanos() + turn.settings.heldNanos();
        boolean believable = turn.nowNanos - support.echoNanos() >= 0 && untilNanos - turn.nowNanos > 0;
        if (!believable) {
            return;
        }
        if (state.phase == Phase.CANDIDATE && state.epoch <= state.reignEpoch) {
            if (!StateCatchUp.misses(turn, support) && !StateCatchUp.keepsBack(turn)) {
                Reign.begin(turn, untilNanos);
            }
        } else if (state.leased) {
            Reign.extend(turn, untilNanos);
        }
    }

    /** Measured on answers to this reign only: others may have waited for long. */
    private static @Nullable Long roundTripNanos(ElectionContext turn, Peer voter, Support support) {
        long sinceNanos = turn.nowNanos - support.echoNanos();
        boolean measured = sinceNanos >= 0 && support.epoch() == turn.state.reignEpoch;
        return measured ? Long.valueOf(sinceNanos) : voter.roundTripNanos();
    }

    /** A refusal. With a witness the other node's refusal is not final. */
    private static void onRefused(ElectionContext turn, Peer voter, Support support) {
        State state = turn.state;
        state.epoch = Math.max(state.epoch, support.highest());
        boolean another = turn.settings.policy().witnessed() && turn.hasLiveWitness() && !voter.isWitness();
        if (state.phase == Phase.CANDIDATE && (!another || state.epoch > state.reignEpoch)) {
            Candidacy.onRefused(turn, support.busyNanos());
        } else if (state.phase.holds() && state.epoch > state.reignEpoch) {
            String text = support.from() + " knows epoch " + state.epoch;
            StepDown.atOnce(turn, Phase.WATCHING, new Reason(Cause.HIGHER_EPOCH, text));
        }
    }

    private static void onResign(ElectionContext turn, Resign resign) {
        State state = turn.state;
        Peer known = state.peers.get(resign.from());
        if (known == null || known.incarnation() != resign.incarnation()) {
            return;
        }
        if (resign.sentNanos() - known.sentNanos() < 0 && !resign.closing()) {
            return;
        }
        state.peers.put(known.name(), known.resigned(resign));
        state.epoch = Math.max(state.epoch, resign.epoch());
        freePromise(turn, resign.from(), resign.epoch());
        if (resign.closing()) {
            freePromise(turn, resign.from(), Long.MAX_VALUE);
        }
        if (state.switchover) {
            state.barredUntilNanos = null; // the peer tried and gave up: come back
        }
    }

    static void onPeerDied(ElectionContext turn, String name, long incarnation) {
        Peer known = turn.state.peers.get(name);
        if (known != null && known.incarnation() == incarnation && !known.gone()) {
            turn.state.peers.put(name, known.lost());
            freePromise(turn, name, Long.MAX_VALUE);
            if (turn.liveNodes().isEmpty()) {
                turn.state.barredUntilNanos = null;
            }
        }
    }

    private static void freePromise(ElectionContext turn, String holder, long upToEpoch) {
        State.@Nullable Promise promise = turn.state.promise;
        if (promise != null && promise.holder().equals(holder) && promise.epoch() <= upToEpoch) {
            turn.state.promise = null;
        }
    }

    /**
     * Counts silence. A gap between two ticks is a pause of this node, and the peer's messages may wait in its buffers:
     * at most one heartbeat of the gap counts.
     */
    static void onTick(ElectionContext turn) {
        State state = turn.state;
        long gapNanos = Math.min(turn.nowNanos - state.lastTickNanos, turn.settings.heartbeatNanos());
        state.lastTickNanos = turn.nowNanos;
        if (state.connected) {
            state.listenedNanos += gapNanos;
            state.settled |= state.listenedNanos >= turn.settings.initNanos();
            boolean heard = !turn.liveNodes().isEmpty();
            state.peers.replaceAll((name, peer) -> peer.silentFor(peer.silentNanos() + gapNanos));
            if (heard && turn.liveNodes().isEmpty()) {
                state.barredUntilNanos = null; // nobody is left to yield to
            }
        }
    }

    static void startListeningAnew(ElectionContext turn) {
        turn.state.lastTickNanos = turn.nowNanos;
        turn.state.listenedNanos = 0;
        turn.state.peers.replaceAll((name, peer) -> peer.silentFor(0));
    }
}
