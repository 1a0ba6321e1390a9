package io.mempair.ha.address;

/**
 * One thing to do on the thread that owns the guard's pipe.
 *
 * @param kind       what
 * @param epoch      the reign it is for, or 0
 * @param unhurried  of a claim: there is time to ask for other holders first
 */
record GuardCommand(GuardCommandKind kind, long epoch, boolean unhurried) {

    enum GuardCommandKind {
        /** Start a guard, unless one runs. */
        START,
        CLAIM,
        RENEW,
        /** Answer, if you can. */
        PING,
        /** The interface is another one of that name. */
        RENUMBERED,
        ANNOUNCE,
        RELEASE,
        /** No more commands. */
        CLOSE
    }

    GuardCommand(GuardCommandKind kind) {
        this(kind, 0, false);
    }

    /** The same, without asking for other holders first. */
    GuardCommand hurried() {
        return new GuardCommand(kind, epoch, false);
    }
}
