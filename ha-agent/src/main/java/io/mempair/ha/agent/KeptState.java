package io.mempair.ha.agent;

import io.mempair.ha.election.Settings;
import io.mempair.ha.election.StateCopy;
import io.mempair.ha.election.StateVersion;
import io.mempair.ha.group.ServerStateMessage.StateUpdate;
import io.mempair.proxy.replication.ServerKnowledge;

/**
 * A member's most recent copy of the servers' state: what it determined in its own reign, or what it was sent. Immutable.
 *
 * @param copy       how recent it is, and whose
 * @param knowledge  the state when it was kept
 * @param keptNanos  when that was
 */
record KeptState(StateCopy copy, ServerKnowledge knowledge, long keptNanos) {

    /** Nothing yet. */
    static final KeptState NONE = new KeptState(StateCopy.NONE, ServerKnowledge.NONE, 0);

    /** The state in a message, as an offer to this member. */
    static StateCopy.Offer offerOf(StateUpdate sent) {
        return new StateCopy.Offer(
                sent.from(),
                sent.incarnation(),
                new StateVersion(sent.epoch(), sent.knowledge().version()));
    }

    /** How recent it is. */
    StateVersion version() {
        return copy.version();
    }

    boolean isEmpty() {
        return version().equals(StateVersion.NONE);
    }

    /** The message by which a member passes it on. */
    StateUpdate sentBy(Settings member, long nowNanos) {
        return new StateUpdate(member.self(), member.incarnation(), version().epoch(), knowledgeAt(nowNanos));
    }

    /** The state now: a pending flush has come nearer. */
    ServerKnowledge knowledgeAt(long nowNanos) {
        if (knowledge.flushInMillis() == ServerKnowledge.NO_FLUSH) {
            return knowledge;
        }
        long passedMillis = (nowNanos - keptNanos) / 1_000_000;
        return knowledge.flushIn(Math.max(0, knowledge.flushInMillis() - passedMillis));
    }
}
