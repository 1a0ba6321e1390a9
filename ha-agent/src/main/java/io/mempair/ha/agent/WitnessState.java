package io.mempair.ha.agent;

import io.mempair.ha.election.Election;
import io.mempair.ha.election.Event;
import io.mempair.ha.election.Settings;
import io.mempair.ha.election.StateCopy.Receipt;
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
        Receipt receipt = kept.copy().receivedByWitness(KeptState.offerOf(sent), election);
        if (receipt.isNew()) {
            kept = new KeptState(receipt.copy(), sent.knowledge(), nowNanos);
        }
        if (receipt.acknowledged()) {
            group.send(sent.from(), sent.ackBy(settings.self(), settings.incarnation()));
        }
        return receipt.isNew() ? Optional.of(new Event.StateKept(nowNanos, kept.version())) : Optional.empty();
    }

    /** Sends its copy to a node whose copy is older. */
    void sendTo(String name, long nowNanos) {
        if (!kept.isEmpty()) {
            group.send(name, kept.sentBy(settings, nowNanos));
        }
    }
}
