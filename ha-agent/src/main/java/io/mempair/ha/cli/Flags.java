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

    /** A duration of whole seconds from {@code least} to {@code most}, as the control socket takes it; in seconds. */
    static int wholeSeconds(CommandLine commandLine, String flag, String text, int least, int most) {
        Duration value = read(commandLine, flag, text, Quantity::duration);
        if (value.toMillis() % 1_000 != 0 || value.toSeconds() < least || value.toSeconds() > most) {
            throw new ParameterException(
                    commandLine, flag + ": '" + text + "' (expected: whole seconds, " + least + "s to " + most + "s)");
        }
        return (int) value.toSeconds();
    }

    /** Refuses what memcached takes for no key, or for no part of one. */
    static void requireKey(CommandLine commandLine, String flag, String text) {
        if (!text.matches("[!-~]{1,250}")) {
            throw new ParameterException(
                    commandLine, flag + ": '" + text + "' (expected: 1 to 250 printable characters)");
        }
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
