package io.mempair.proxy.config;

import java.io.EOFException;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.SocketTimeoutException;
import java.nio.channels.ClosedChannelException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** What an exception says to an operator. For reading only: it depends on the language of the host and on the JDK. */
public final class FailureText {

    /** What those mean that come without words from the native transports, which the JDK's own sockets have words for. */
    private static final Map<Class<? extends Throwable>, String> WORDS = new LinkedHashMap<>();

    static {
        WORDS.put(
                NoRouteToHostException.class,
                "no route to host: nothing answers for that address in its network, or no route leads there");
        WORDS.put(ConnectException.class, "cannot connect");
        WORDS.put(ClosedChannelException.class, "the connection is closed");
        WORDS.put(EOFException.class, "the other end closed the connection");
        WORDS.put(SocketTimeoutException.class, "no answer in time");
        WORDS.put(TimeoutException.class, "no answer in time");
    }

    private FailureText() {}

    /** Its message; of one that has none, what its type means, or the name of its type. Never empty, and never {@code null}. */
    public static String of(Throwable failure) {
        Throwable original = original(failure);
        String message = original.getMessage();
        if (message != null && !message.isBlank()) {
            String whole = failure.getMessage();
            return whole == null ? message : whole;
        }
        return WORDS.entrySet().stream()
                .filter(word -> word.getKey().isInstance(original))
                .map(Map.Entry::getValue)
                .findFirst()
                .orElse(original.getClass().getSimpleName());
    }

    /** Netty wraps a failed connect in another of its type, with a message even if the first had none: "null: /10.0.0.21:11211". */
    private static Throwable original(Throwable failure) {
        @Nullable Throwable cause = failure.getCause();
        return cause != null && cause.getClass() == failure.getClass().getSuperclass() ? cause : failure;
    }
}
