package io.mempair.ha.election;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The result of an event.
 *
 * @param next        the new election
 * @param effects     effects to execute, in order
 * @param transition  the completed change of role, or null
 */
public record Decision(
        Election next, List<Effect> effects, @Nullable Transition transition) {

    public Decision {
        effects = List.copyOf(effects);
    }
}
