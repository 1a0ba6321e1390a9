package io.mempair.ha.agent;

import io.mempair.ha.election.Effect;
import io.mempair.ha.election.Election;
import io.mempair.ha.group.Group;

/** Carries out what an election wants. Agent thread; nothing here waits, outcomes come back through the queue. */
interface EffectHandler {

    /** Whether the effect was one of these; the rest concern the member itself. */
    boolean carryOut(Effect effect);

    /** All effects of an event are carried out; never fails. */
    void turnEnded(Election next, long nowNanos);

    /** Sends it, if it is something to be sent. */
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
