package io.mempair.proxy.loop;

/** What holds memory that clients can make grow. */
public enum MemoryUse {
    /** Answers, or parts of them, behind older ones. */
    KEPT_ANSWERS("kept_answers"),
    /** Answers given to a client's connection and not taken by it. */
    UNSENT_ANSWERS("unsent_answers"),
    /** Bytes of clients that are not understood yet. */
    INPUT("input"),
    /** Values of clients on their way in, or waiting for their turn. */
    VALUES("values"),
    /** Requests given to a server's connection and not taken by it. */
    UNSENT_REQUESTS("unsent_requests");

    private final String label;

    MemoryUse(String label) {
        this.label = label;
    }

    /** As metrics and the status name it. */
    public String label() {
        return label;
    }

    boolean isUnread() {
        return this == KEPT_ANSWERS || this == UNSENT_ANSWERS;
    }
}
