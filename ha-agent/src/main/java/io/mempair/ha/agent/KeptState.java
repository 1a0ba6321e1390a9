package io.mempair.ha.agent;

import io.mempair.ha.election.Settings;
import io.mempair.ha.election.StateVersion;
import io.mempair.ha.group.ServerStateMessage.StateUpdate;
import io.mempair.proxy.replication.ServerKnowledge;

/**
 * A member's most recent copy of the servers' state: what it determined in its own reign, or what it was sent. Immutable.
 *
 * @param version    how recent it is
 * @param knowledge  the state when it was kept
 * @param keptNanos  when that was
 */
record KeptState(StateVersion version, ServerKnowledge knowledge, long keptNanos) {

    /** Nothing yet. */
    static final KeptState NONE = new KeptState(StateVersion.NONE, ServerKnowledge.NONE, 0);

    /** What was sent. */
    static KeptState of(StateUpdate sent, long nowNanos) {
        return new KeptState(version(sent), sent.knowledge(), nowNanos);
    }

    static StateVersion version(StateUpdate sent) {
        return new StateVersion(sent.epoch(), sent.knowledge().version());
    }

    boolean isEmpty() {
        return version.equals(StateVersion.NONE);
    }

    /** Whether {@code sent} is more recent. */
    boolean isOlderThan(StateUpdate sent) {
        return version(sent).isNewerThan(version);
    }

    /** The message by which a member passes it on. */
    StateUpdate sentBy(Settings member, long nowNanos) {
        return new StateUpdate(member.self(), member.incarnation(), version.epoch(), knowledgeAt(nowNanos));
    }

    /** The state now: a pending flush has come nearer. */
    ServerKnowledge knowledgeAt(long nowNanos) {
        if (knowledge.flushInMillis() == ServerKnowledge.NO_FLUSH) {
            return knowledge;
        }
        long passedMillis = (nowNanos - keptNanos) / 1_000_000;
        return new ServerKnowledge(
                knowledge.version(), knowledge.servers(), Math.max(0, knowledge.flushInMillis() - passedMillis));
    }
}
