package io.mempair.proxy.loop;

/** The uses of memory that clients cause. */
public enum MemoryUse {
    /** Replies, or parts of them, that wait for older ones. */
    KEPT_ANSWERS("kept_answers"),
    /** Reply bytes that a client's connection has not sent. */
    UNSENT_ANSWERS("unsent_answers"),
    /** Unparsed bytes of clients. */
    INPUT("input"),
    /** Incoming values, and values that wait to be sent. */
    VALUES("values"),
    /** Request bytes that a server connection has not sent. */
    UNSENT_REQUESTS("unsent_requests");

    private final String label;

    MemoryUse(String label) {
        this.label = label;
    }

    /** Its name in metrics and the status. */
    public String label() {
        return label;
    }

    boolean isUnread() {
        return this == KEPT_ANSWERS || this == UNSENT_ANSWERS;
    }
}
