package io.mempair.proxy.config;

import io.netty.handler.ssl.NotSslRecordException;
import java.io.EOFException;
import java.net.NoRouteToHostException;
import java.net.SocketTimeoutException;
import java.nio.channels.ClosedChannelException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.TimeoutException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What an exception says to an operator. The failures that every operator meets are told in the same words by every transport and
 * in every language of the host; any other by its message, which depends on both and is for reading only. Never the name of a
 * class where there are words. Pure.
 */
public final class FailureText {

    private static final String REFUSED = "connection refused";

    private static final String NO_ROUTE =
            "no route to host: nothing answers for that address in its network, or no route leads there";

    private static final String NO_TLS =
            "what answers there does not speak TLS (expected: a port with TLS, or a connection without)";

    private static final String NO_ANSWER = "no answer in time";

    /** What those mean that come without words, or whose message is only the name of a file. */
    private static final Map<Class<? extends Throwable>, String> WORDS = new LinkedHashMap<>();

    /** errno(3) of Linux on x86-64 and arm64: those that a connection of an operator meets. */
    private static final Map<Integer, String> ERRNO = Map.of(
            1,
            "not permitted, as by a rule of this host's firewall",
            13,
            "not permitted to this user",
            99,
            "this host has not that address, or no free port",
            101,
            NO_ROUTE,
            103,
            "ended on this host, by the guard because the node was paused for long, or by `ss -K`",
            104,
            "connection reset by the other end",
            110,
            NO_ANSWER,
            Refusal.ERRNO,
            REFUSED,
            113,
            NO_ROUTE);

    /** How Netty's native transports word what the kernel answered: {@code io_uring connect(..) failed with error(-111): ...}. */
    private static final Pattern NATIVE = Pattern.compile("[\\w: ]+\\(\\.\\.\\) failed with error\\(-(\\d+)\\): (.*)");

    static {
        WORDS.put(NoRouteToHostException.class, NO_ROUTE);
        WORDS.put(ClosedChannelException.class, "the connection is closed");
        WORDS.put(EOFException.class, "the other end closed the connection");
        WORDS.put(SocketTimeoutException.class, NO_ANSWER);
        WORDS.put(TimeoutException.class, NO_ANSWER);
        WORDS.put(NoSuchFileException.class, "no such file or folder");
        WORDS.put(AccessDeniedException.class, "no permission for this user");
        WORDS.put(FileAlreadyExistsException.class, "it is there already");
        WORDS.put(NotDirectoryException.class, "not a folder");
        WORDS.put(CharacterCodingException.class, "not text in UTF-8");
    }

    private FailureText() {}

    /** In words; of one that has none, the name of its type. Never empty, and never {@code null}. */
    public static String of(Throwable failure) {
        if (Refusal.is(failure)) {
            return REFUSED;
        }
        if (failure instanceof NotSslRecordException || failure.getCause() instanceof NotSslRecordException) {
            return NO_TLS;
        }
        Throwable original = original(failure);
        Matcher answer = answerOfKernel(original);
        if (answer != null) {
            return ERRNO.getOrDefault(Integer.parseInt(answer.group(1)), answer.group(2));
        }
        return words(original).orElseGet(() -> message(failure, original));
    }

    private static String message(Throwable failure, Throwable original) {
        String message = original.getMessage();
        if (message == null || message.isBlank()) {
            return original.getClass().getSimpleName();
        }
        String whole = failure.getMessage();
        return whole == null ? message : whole;
    }

    /** Its words, unless it has better ones itself. */
    private static Optional<String> words(Throwable original) {
        if (original instanceof FileSystemException file) {
            String reason = file.getReason();
            return Optional.of(meaning(file).orElse(reason == null ? "the system refuses it" : reason));
        }
        boolean hasWords =
                original.getMessage() != null && !original.getMessage().isBlank();
        return hasWords && !(original instanceof CharacterCodingException) ? Optional.empty() : meaning(original);
    }

    private static Optional<String> meaning(Throwable original) {
        return WORDS.entrySet().stream()
                .filter(word -> word.getKey().isInstance(original))
                .map(Map.Entry::getValue)
                .findFirst();
    }

    /** What the kernel answered, as a positive number of errno(3), if this is a failure of a native transport. */
    static OptionalInt errno(Throwable failure) {
        Matcher answer = answerOfKernel(original(failure));
        return answer == null ? OptionalInt.empty() : OptionalInt.of(Integer.parseInt(answer.group(1)));
    }

    private static @Nullable Matcher answerOfKernel(Throwable original) {
        String message = original.getMessage();
        Matcher matcher = message == null ? null : NATIVE.matcher(message);
        return matcher != null && matcher.matches() ? matcher : null;
    }

    /** Netty wraps a failed connect in another of its type, with a message even if the first had none: "null: /10.0.0.21:11211". */
    private static Throwable original(Throwable failure) {
        @Nullable Throwable cause = failure.getCause();
        return cause != null && cause.getClass() == failure.getClass().getSuperclass() ? cause : failure;
    }
}
