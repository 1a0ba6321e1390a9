package io.mempair.ha.cli;

import io.mempair.ha.config.ConfigException;
import io.mempair.ha.config.ConfigReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Collectors;

/** Reads a drafted file as the node would, so that no command writes one that a node refuses. */
final class DraftCheck {

    private DraftCheck() {}

    /**
     * @param what     what the file is called in the messages
     * @param witness  whether it is the file of a witness
     * @throws CommandFailure with every problem of the file
     */
    static void require(String what, String yaml, boolean witness) throws CommandFailure {
        try {
            Path file = Files.createTempFile("mempair-draft", ".yaml");
            try {
                Files.writeString(file, yaml);
                read(file, what, witness);
            } finally {
                Files.deleteIfExists(file);
            }
        } catch (IOException e) {
            throw new CommandFailure("cannot write a temporary file: " + e, e);
        }
    }

    private static void read(Path file, String what, boolean witness) throws CommandFailure {
        try {
            if (witness) {
                ConfigReader.readWitness(file);
            } else {
                ConfigReader.readNode(file);
            }
        } catch (ConfigException e) {
            throw CommandFailure.refused(e.problems().stream()
                    .map(problem -> problem.replace(file.toString(), what))
                    .collect(Collectors.joining("\n")));
        }
    }
}
