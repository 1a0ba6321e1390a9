package io.mempair.ha.group;

import org.jspecify.annotations.Nullable;

/**
 * The way to one configured peer.
 *
 * @param address  as configured
 * @param name     how the peer that is there calls itself; null when it was never heard
 * @param problem  what went wrong there last, a moment ago; null when nothing did
 */
public record LinkStatus(
        String address, @Nullable String name, @Nullable String problem) {

    /** Whether the peer was heard, and nothing is wrong. */
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
