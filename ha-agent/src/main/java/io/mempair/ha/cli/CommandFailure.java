package io.mempair.ha.cli;

/** A command that did not work, with what the operator is told; exit code 1, or 2 for what the operator wrote. */
final class CommandFailure extends Exception {

    private final boolean refusal;

    CommandFailure(String message) {
        super(message);
        this.refusal = false;
    }

    private CommandFailure(String lines, boolean refusal) {
        super(lines);
        this.refusal = refusal;
    }

    /** What the operator wrote cannot be right; each line names its place itself. */
    static CommandFailure refused(String lines) {
        return new CommandFailure(lines, true);
    }

    boolean isRefusal() {
        return refusal;
    }

    CommandFailure(String message, Throwable cause) {
        super(message, cause);
        this.refusal = false;
    }
}
