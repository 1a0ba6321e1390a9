package io.mempair.ha.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Timeout(20)
class ConfigFingerprintTest {

    private static final String FILE = """
            node: {name: a, priority: 150}
            group: {bind: 10.0.0.11, peers: [10.0.0.12], profile: default}
            virtual-address: {address: 10.0.0.100/24, interface: eth0}
            proxy: {servers: [10.0.0.21, 10.0.0.22], timeout: 500ms, max-clients: 1000}
            """;

    @TempDir
    private Path folder;

    private long of(String text) throws IOException, ConfigException {
        return ConfigFingerprint.of(ConfigReader.readNode(Files.writeString(folder.resolve("f.yaml"), text)));
    }

    @Test
    void theFilesOfTheTwoHostsAreAlike() throws Exception {
        String other = FILE.replace("name: a, priority: 150", "name: b, priority: 100")
                .replace("10.0.0.11", "10.0.0.99")
                .replace("10.0.0.12", "10.0.0.11")
                .replace("eth0", "bond0");

        assertThat(of(other)).isEqualTo(of(FILE)).isNotZero();
    }

    @ParameterizedTest
    @CsvSource({
        "10.0.0.21, 10.0.0.23",
        "500ms, 501ms",
        "1000}, 1001}",
        "10.0.0.100/24, 10.0.0.100/25",
        "default, fast",
    })
    void whatShouldBeAlikeAndIsNotShows(String before, String after) throws Exception {
        assertThat(of(FILE.replace(before, after))).isNotEqualTo(of(FILE));
    }
}
