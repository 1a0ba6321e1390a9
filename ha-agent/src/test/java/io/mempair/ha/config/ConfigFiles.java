package io.mempair.ha.config;

import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;

/** Files that a test writes and has read, and the smallest good one. */
abstract class ConfigFiles {

    static final String MINIMAL = """
            node: {name: a}
            group: {bind: 10.77.0.11, peers: 10.77.0.12}
            virtual-address: {address: 10.77.0.100/24, interface: eth0}
            proxy: {servers: [10.77.0.21]}
            """;

    @TempDir
    Path folder;

    final String refusal(Path path) {
        return catchThrowableOfType(ConfigException.class, () -> ConfigReader.readNode(path))
                .getMessage();
    }

    final Path file(String text) throws IOException {
        return Files.writeString(folder.resolve("node.yaml"), text);
    }
}
