package io.mempair.proxy.config;

/** What an exception says to an operator. For reading only: it depends on the language of the host and on the JDK. */
public final class FailureText {

    private FailureText() {}

    /** Its message; of one that has none, the name of its type. Never empty, and never {@code null}. */
    public static String of(Throwable failure) {
        String message = failure.getMessage();
        return message == null || message.isBlank() ? failure.getClass().getSimpleName() : message;
    }
}
