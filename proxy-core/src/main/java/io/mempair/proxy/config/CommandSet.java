package io.mempair.proxy.config;

import io.mempair.proxy.protocol.Command;
import java.util.Arrays;
import java.util.Collection;
import java.util.stream.Collectors;

/**
 * A set of commands, consulted for every request: one bit per command, no allocation.
 *
 * @param bits  bit n stands for the command with ordinal n
 */
public record CommandSet(long bits) {

    /** No command. */
    public static final CommandSet NONE = new CommandSet(0);

    /** These commands. */
    public static CommandSet of(Collection<Command> commands) {
        long bits = 0;
        for (Command command : commands) {
            bits |= bit(command);
        }
        return new CommandSet(bits);
    }

    /** Whether {@code command} is among them. */
    public boolean contains(Command command) {
        return (bits & bit(command)) != 0;
    }

    @SuppressWarnings("EnumOrdinal") // the bits never leave the process
    private static long bit(Command command) {
        if (command.ordinal() >= Long.SIZE) {
            throw new AssertionError("more commands than bits: " + command);
        }
        return 1L << command.ordinal();
    }

    /** The words, as the operator wrote them. */
    @Override
    public String toString() {
        return Arrays.stream(Command.values())
                .filter(this::contains)
                .map(Command::word)
                .collect(Collectors.joining(", ", "[", "]"));
    }
}
