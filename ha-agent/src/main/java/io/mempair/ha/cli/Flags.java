package io.mempair.ha.cli;

import io.mempair.ha.config.Quantity;
import java.time.Duration;
import java.util.function.Function;
import picocli.CommandLine;
import picocli.CommandLine.ParameterException;

/** Values of flags, read with the file's own readers. */
final class Flags {

    private Flags() {}

    /** Reads a value; what is wrong with it becomes one message with the flag and the expectation. */
    static <T> T read(CommandLine commandLine, String flag, String text, Function<String, T> reader) {
        try {
            return reader.apply(text);
        } catch (IllegalArgumentException e) {
            String message = String.valueOf(e.getMessage()).replaceFirst("^[a-z-]+: ", "");
            throw new ParameterException(commandLine, flag + ": " + message, e);
        }
    }

    /** As {@link #read}; {@code fallback} when the flag was not given, so that its text is empty. */
    static <T> T value(CommandLine commandLine, String flag, String text, T fallback, Function<String, T> reader) {
        return text.isEmpty() ? fallback : read(commandLine, flag, text, reader);
    }

    /** A duration over 0. */
    static Duration positive(String text) {
        Duration value = Quantity.duration(text);
        if (value.isZero()) {
            throw new IllegalArgumentException("'" + text + "' (expected: over 0)");
        }
        return value;
    }
}
