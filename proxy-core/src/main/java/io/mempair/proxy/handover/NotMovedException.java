package io.mempair.proxy.handover;

/** A connection that cannot be moved. Has no stack trace: it is an outcome, and there may be thousands. */
public final class NotMovedException extends Exception {

    private static final long serialVersionUID = 1;

    private final NotMoved reason;

    /** @param detail  for the log */
    public NotMovedException(NotMoved reason, String detail) {
        super(detail, null, false, false);
        this.reason = reason;
    }

    /** Why, for the counters. */
    public NotMoved reason() {
        return reason;
    }
}
