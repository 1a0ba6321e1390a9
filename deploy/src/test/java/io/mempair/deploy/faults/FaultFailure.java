package io.mempair.deploy.faults;

/** A round could not be done to its end; the message says what was not so. */
public final class FaultFailure extends RuntimeException {

    private static final long serialVersionUID = 1;

    public FaultFailure(String message) {
        super(message);
    }
}
