package io.mempair.ha.agent;

import io.mempair.ha.election.Effect;
import io.mempair.ha.election.Election;
import io.mempair.ha.group.Group;

/** Executes the effects of an election. Agent thread; never blocks, outcomes return through the queue. */
interface EffectHandler {

    /** Executes the effect if it is one of these; returns false for effects that concern the member itself. */
    boolean carryOut(Effect effect);

    /** Called after all effects of an event are executed; never fails. */
    void turnEnded(Election next, long nowNanos);

    /** Sends the message of the effect, if it has one. */
    static boolean send(Effect effect, Group group) {
        if (effect instanceof Effect.SendHeartbeat heartbeat) {
            group.send(heartbeat.heartbeat());
        } else if (effect instanceof Effect.SendSupport support) {
            group.send(support.to(), support.support());
        } else if (effect instanceof Effect.SendResign resign) {
            group.send(resign.resign());
        } else {
            return false;
        }
        return true;
    }
}
