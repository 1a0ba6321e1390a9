package io.mempair.proxy.handover;

import java.util.Locale;

/** Why a connection is not moved, and closed as in a plain step-down. A tag of {@code mempair_handover_connections_total}. */
public enum NotMoved {
    /** It is a TLS connection: its keys are not known here. */
    TLS,
    /** It is on a unix socket, or not to the virtual address. */
    OTHER_ADDRESS,
    /** One half of it is closed, or it is being closed. */
    HALF_CLOSED,
    /** The handshake agreed on ECN. */
    ECN,
    /** A request of it was not answered in time. */
    IN_FLIGHT,
    /** Bytes of the client did not come up from the kernel, or are too many. */
    UNREAD,
    /** Bytes that the client has not acknowledged cannot be read from the kernel, or are too many. */
    UNACKNOWLEDGED,
    /** The other node does not let such a client in: its rules for logins differ. */
    POLICY,
    /** The kernel refused a step. */
    KERNEL;

    /** As it is shown. */
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }
}
