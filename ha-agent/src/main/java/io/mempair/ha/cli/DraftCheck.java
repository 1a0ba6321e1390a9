package io.mempair.ha.cli;

import io.mempair.ha.config.ConfigException;
import io.mempair.ha.config.ConfigReader;
import io.mempair.proxy.config.FailureText;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.IntFunction;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Reads a drafted file as the node would, so that no command writes one that a node refuses. */
final class DraftCheck {

    private DraftCheck() {}

    /** A problem of a file that is not there yet: its line says nothing to an operator. */
    private static final Pattern PROBLEM = Pattern.compile(":(\\d+):\\d+: (.*)", Pattern.DOTALL);

    /**
     * @param command   begins a message whose origin is not known
     * @param witness   whether it is the file of a witness
     * @param originOf  where the value in a line of the file comes from, as the operator knows it; null if that is not known
     * @throws CommandFailure with every problem of the file
     */
    static void require(String command, String yaml, boolean witness, IntFunction<@Nullable String> originOf)
            throws CommandFailure {
        try {
            Path file = Files.createTempFile("mempair-draft", ".yaml");
            try {
                Files.writeString(file, yaml);
                read(file, command, witness, originOf);
            } finally {
                Files.deleteIfExists(file);
            }
        } catch (IOException e) {
            throw new CommandFailure("no temporary file can be written: " + FailureText.of(e), e);
        }
    }

    private static void read(Path file, String command, boolean witness, IntFunction<@Nullable String> originOf)
            throws CommandFailure {
        try {
            if (witness) {
                ConfigReader.readWitness(file);
            } else {
                ConfigReader.readNode(file);
            }
        } catch (ConfigException e) {
            throw CommandFailure.refused(e.problems().stream()
                    .map(problem -> atOrigin(problem.replace(file.toString(), ""), command, originOf))
                    .distinct()
                    .collect(Collectors.joining("\n")));
        }
    }

    private static String atOrigin(String problem, String command, IntFunction<@Nullable String> originOf) {
        Matcher found = PROBLEM.matcher(problem);
        if (!found.matches()) {
            return command + ": " + problem;
        }
        String origin = originOf.apply(Integer.parseInt(found.group(1)));
        return (origin == null ? command : origin) + ": " + found.group(2);
    }
}
