package io.mempair.ha.agent;

import io.mempair.ha.election.Election;
import io.mempair.ha.election.Event;
import io.mempair.ha.election.Settings;
import io.mempair.ha.group.Group;
import io.mempair.ha.group.ServerStateMessage;
import io.mempair.ha.group.ServerStateMessage.StateUpdate;
import java.util.Optional;

/**
 * The witness's copy of the servers' state. The witness does not use it: it keeps it for a node that becomes active and
 * does not have it, because that node has just started or was too slow. Agent thread.
 */
final class WitnessState {

    private final Group group;
    private final Settings settings;
    private KeptState kept = KeptState.NONE;

    WitnessState(Group group, Settings settings) {
        this.group = group;
        this.settings = settings;
    }

    /**
     * A node sent the state, or acknowledged it, which does not concern a witness.
     *
     * @return what the election must know before its next vote, because the state may be acknowledged already
     */
    Optional<Event> heard(ServerStateMessage message, Election election, long nowNanos) {
        if (!(message instanceof StateUpdate sent)) {
            return Optional.empty();
        }
        boolean newer = kept.isOlderThan(sent);
        if (newer) {
            kept = KeptState.of(sent, nowNanos);
        }
        // once it has voted for another, it must not tell the earlier holder that a change is safe: the other may have
        // been sent the state before
        boolean current = sent.epoch() >= election.epoch();
        if (current && kept.version().equals(KeptState.version(sent))) {
            group.send(sent.from(), sent.takenBy(settings.self(), settings.incarnation()));
        }
        return newer ? Optional.of(new Event.StateKept(nowNanos, kept.version())) : Optional.empty();
    }

    /** Sends its copy to a node whose copy is older. */
    void sendTo(String name, long nowNanos) {
        if (!kept.isEmpty()) {
            group.send(name, kept.sentBy(settings, nowNanos));
        }
    }
}
