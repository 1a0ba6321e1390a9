package io.mempair.ha.election;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What an event led to.
 *
 * @param next        the election from now on
 * @param effects     what to do, in order
 * @param transition  the change of role that was completed, or null
 */
public record Decision(
        Election next, List<Effect> effects, @Nullable Transition transition) {

    public Decision {
        effects = List.copyOf(effects);
    }
}
