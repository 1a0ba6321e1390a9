package io.mempair.ha.check;

import static org.assertj.core.api.Assertions.assertThat;

import io.mempair.ha.config.VirtualAddressConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(value = 20, unit = TimeUnit.SECONDS)
class PreflightTest {

    private static final VirtualAddressConfig ADDRESS = new VirtualAddressConfig("10.0.0.100", 24, "lo");

    @TempDir
    private Path directory;

    private Path status;

    @BeforeEach
    void installEverything() throws IOException {
        for (String tool : List.of("ip", "bash", "setsid", "arping")) {
            Path file = Files.createFile(directory.resolve(tool));
            assertThat(file.toFile().setExecutable(true)).isTrue();
        }
        status = Files.writeString(directory.resolve("status"), "Name:\tjava\nCapEff:\t0000000000003000\n");
    }

    private List<String> problems(VirtualAddressConfig address) {
        return new Preflight(List.of(directory), status).problems(address);
    }

    @Test
    void aHostWithEverythingHasNoProblem() {
        assertThat(problems(ADDRESS)).isEmpty();
    }

    @Test
    void aMissingToolIsNamedWithItsPackage() throws IOException {
        Files.delete(directory.resolve("arping"));

        assertThat(problems(ADDRESS)).containsExactly("arping not found: apt install iputils-arping");
    }

    @Test
    void missingRightsAreNamedWithTheRemedy() throws IOException {
        Files.writeString(status, "CapEff:\t0000000000000000\n");

        assertThat(problems(ADDRESS))
                .hasSize(2)
                .allMatch(problem -> problem.contains("run as root"))
                .anyMatch(problem -> problem.contains("CAP_NET_ADMIN)"))
                .anyMatch(problem -> problem.contains("CAP_NET_RAW)"));
    }

    @Test
    void anInterfaceThatIsNotThereIsNamed() {
        assertThat(problems(new VirtualAddressConfig("10.0.0.100", 24, "nope7")))
                .containsExactly("interface nope7 not found: `ip link` lists those there are");
    }

    @Test
    void anAddressThatCannotFloatIsRefused() {
        assertThat(problems(new VirtualAddressConfig("127.0.0.5", 33, "lo"))).hasSize(2);
    }
}
