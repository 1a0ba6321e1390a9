package io.mempair.ha.election;

/** The role of a node, in the terms of RFC 9568. The {@code mempair_role} gauge shows the code. */
public enum Role {
    /** Not fit to be active. */
    FAULT(0),
    /** Fit, watching and warm; the port is closed. */
    STANDBY(1),
    /** Holds the lease and the virtual address, and serves. */
    ACTIVE(2),
    /** Votes and never serves. */
    WITNESS(3);

    private final int code;

    Role(int code) {
        this.code = code;
    }

    /** Stable number for metrics; never reused for another role. */
    public int code() {
        return code;
    }
}
