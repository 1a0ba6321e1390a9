package io.mempair.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** {@code release-address}: what the unit of a node runs at its end. */
@Timeout(120)
class ReleaseAddressIT {

    private static final Path SCRIPT =
            Path.of("target/package/mempair/bin/release-address").toAbsolutePath();

    @RegisterExtension
    private final Lab lab = new Lab();

    @TempDir
    private Path folder;

    private Run release(String before) {
        return lab.on(
                "a",
                "sh",
                "-c",
                before + "RUNTIME_DIRECTORY=" + folder + " sh " + SCRIPT + " && ip -o addr show dev eth0 to "
                        + Lab.VIP);
    }

    @Test
    void whatAGuardLeftIsTakenAwayBeforeTheKernelWould() throws IOException {
        Files.writeString(folder.resolve("addresses"), "eth0 " + Lab.VIP + "/24\n");

        Run release = release("ip addr add " + Lab.VIP + "/24 dev eth0 valid_lft 2 preferred_lft 2 && ");

        assertThat(release.orFail()).isEmpty();
    }

    @Test
    void anAddressThatIsMeantToLastIsLeftAlone() throws IOException {
        Files.writeString(folder.resolve("addresses"), "eth0 " + Lab.VIP + "/24\n");

        Run release = release("ip addr add " + Lab.VIP + "/24 dev eth0 && ");

        assertThat(release.orFail()).contains(Lab.VIP);
    }

    @Test
    void aNodeThatNeverHadAGuardHasNothingToRelease() {
        assertThat(release("").orFail()).isEmpty();
    }

    @Test
    void aGuardWritesWhichAddressesItHolds() throws IOException {
        String guard = SCRIPT.resolveSibling("../lib/guard.sh").normalize().toString();

        lab.on(
                        "a",
                        "sh",
                        "-c",
                        "RUNTIME_DIRECTORY=" + folder + " bash " + guard + " drop eth0 10.77.0.100/24 10.77.0.101/24")
                .orFail();

        assertThat(folder.resolve("addresses")).hasContent("eth0 10.77.0.100/24 10.77.0.101/24\n");
    }
}
