package io.mempair.ha.cli;

/** A command that did not work, with the one line the operator gets; exit code 1. */
final class CommandFailure extends Exception {

    CommandFailure(String message) {
        super(message);
    }

    CommandFailure(String message, Throwable cause) {
        super(message, cause);
    }
}
