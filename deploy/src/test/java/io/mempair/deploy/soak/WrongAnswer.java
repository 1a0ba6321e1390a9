package io.mempair.deploy.soak;

/** An answer that is not the one the request must get. */
final class WrongAnswer extends Exception {

    private static final long serialVersionUID = 1;

    WrongAnswer(String message) {
        super(message);
    }
}
