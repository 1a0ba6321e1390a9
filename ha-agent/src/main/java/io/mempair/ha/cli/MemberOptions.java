package io.mempair.ha.cli;

import java.nio.file.Path;
import picocli.CommandLine.Option;

/** What a node and the witness are told on their command lines. */
final class MemberOptions {

    @Option(names = "--config", required = true, paramLabel = "FILE", description = "its YAML file")
    private String config = "";

    @Option(
            names = {"-v", "--verbose"},
            description = "log more")
    private boolean verbose;

    Path file() {
        return Path.of(config);
    }

    boolean verbose() {
        return verbose;
    }
}
