package io.mempair.ha.address;

/**
 * One command for the thread that owns the guard's pipe.
 *
 * @param kind       of the command
 * @param epoch      the reign it belongs to, or 0
 * @param unhurried  for a claim: there is time to probe for other holders first
 */
record GuardCommand(GuardCommandKind kind, long epoch, boolean unhurried) {

    enum GuardCommandKind {
        /** Start a guard if none runs. */
        START,
        CLAIM,
        RENEW,
        /** Request a reply. */
        PING,
        /** The interface was replaced by another one with that name. */
        RENUMBERED,
        ANNOUNCE,
        RELEASE,
        /** Keep packets for the address after a release. */
        HOLD,
        /** No more commands. */
        CLOSE
    }

    GuardCommand(GuardCommandKind kind) {
        this(kind, 0, false);
    }

    /** The same command, without probing for other holders first. */
    GuardCommand hurried() {
        return new GuardCommand(kind, epoch, false);
    }
}
