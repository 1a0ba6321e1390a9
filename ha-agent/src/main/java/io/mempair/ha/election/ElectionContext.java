package io.mempair.ha.election;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The context of one decision: a private copy of the state, the time, and the effects so far. */
final class ElectionContext {

    final Settings settings;
    final State state;
    final long nowNanos;
    private final List<Effect> effects = new ArrayList<>();
    private @Nullable Transition transition;

    ElectionContext(Settings settings, State old, long nowNanos) {
        this.settings = settings;
        this.state = old.copy();
        this.nowNanos = nowNanos;
    }

    void emit(Effect effect) {
        effects.add(effect);
    }

    void say(String line) {
        emit(new Effect.Say(line));
    }

    void warn(String line) {
        emit(new Effect.Warn(line));
    }

    boolean passed(@Nullable Long deadlineNanos) {
        return deadlineNanos == null || nowNanos - deadlineNanos >= 0;
    }

    long inPhaseNanos() {
        return nowNanos - state.phaseSinceNanos;
    }

    /** Enters a phase, and records the change of role that comes with it. */
    void enter(Phase phase, Reason reason) {
        state.phase = phase;
        state.phaseSinceNanos = nowNanos;
        Role role = phase.leaves() ? state.role : phase.role();
        if (role != state.role) {
            long reign = state.reignEpoch != 0 ? state.reignEpoch : state.epoch;
            transition = new Transition(state.role, role, reign, reason, nowNanos - state.transitionSinceNanos);
            state.role = role;
            state.roleSinceNanos = nowNanos;
            state.reason = reason;
        }
    }

    /** Marks the start of the next change of role, to measure its duration. */
    void startTransition() {
        state.transitionSinceNanos = nowNanos;
    }

    void heartbeat() {
        state.lastHeartbeatNanos = nowNanos;
        emit(new Effect.SendHeartbeat(new Message.Heartbeat(
                settings.self(),
                settings.incarnation(),
                settings.priority(),
                settings.policy().votesOnly() ? Role.WITNESS : state.role,
                Candidacy.isEligible(this),
                state.epoch,
                state.reignEpoch,
                state.leased,
                nowNanos,
                new Message.Terms(
                        settings.policy().witnessed(),
                        Candidacy.preempts(this),
                        settings.leaseNanos(),
                        state.placement),
                state.serverState,
                state.peers.values().stream()
                        .map(peer -> new Message.Echo(peer.incarnation(), peer.sentNanos()))
                        .toList())));
    }

    /** The live peers that can serve, without the witness. */
    List<Peer> liveNodes() {
        return liveMembers().stream().filter(peer -> !peer.isWitness()).toList();
    }

    /** The live peers, with the witness. */
    List<Peer> liveMembers() {
        return state.peers.values().stream().filter(this::isLive).toList();
    }

    /** Whether one of {@link #liveNodes} would and may take over from this node. */
    boolean hasHeir() {
        return heir() != null;
    }

    /** The name of the peer that would and may take over, or null. */
    @Nullable
    String heir() {
        return liveNodes().stream()
                .filter(peer -> peer.eligible() && !PlacementAgreement.differs(state, peer))
                .map(Peer::name)
                .findFirst()
                .orElse(null);
    }

    boolean hasLiveWitness() {
        return liveMembers().stream().anyMatch(Peer::isWitness);
    }

    private boolean isLive(Peer peer) {
        return !peer.gone() && peer.silentNanos() < settings.detectionNanos();
    }

    Decision decide() {
        return new Decision(new Election(settings, state), effects, transition);
    }
}
