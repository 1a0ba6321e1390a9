package io.mempair.ha.group;

import org.jspecify.annotations.Nullable;

/**
 * The link to one configured peer.
 *
 * @param address  as configured
 * @param name     the name of the peer there; null if it was never heard
 * @param problem  the last recent problem; null if there was none
 */
public record LinkStatus(
        String address, @Nullable String name, @Nullable String problem) {

    /** Whether the peer was heard and there is no problem. */
    public boolean isGood() {
        return name != null && problem == null;
    }

    /** For an operator. */
    @Override
    public String toString() {
        String heard = name == null ? "never heard" : "is " + name;
        return problem == null ? heard : heard + "; " + problem;
    }
}
