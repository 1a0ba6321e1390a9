package io.mempair.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** {@code deploy/install.sh}: what it puts into a folder runs from there, and has its cache. */
@Timeout(700)
class InstallIT {

    private static final Duration LIMIT = Duration.ofSeconds(30);

    @Test
    void anInstallationOverAnEarlierOneRunsAndHasACache() throws IOException {
        String said = Installation.said();

        assertThat(said).endsWith("mempair is in " + Installation.FOLDER + "\n");
        assertThat(Installation.STALE).doesNotExist();
        try (Stream<Path> parts = Files.list(Installation.FOLDER)) {
            assertThat(parts.map(part -> part.getFileName().toString()))
                    .containsExactlyInAnyOrder("bin", "lib", "hooks", "cache");
        }
        try (Stream<Path> caches = Files.list(Installation.FOLDER.resolve("cache"))) {
            assertThat(caches)
                    .singleElement()
                    .satisfies(file -> assertThat(said).contains(file.toString()));
        }
        Run version = Run.of(Map.of(), LIMIT, List.of(Installation.mempair(), "--version"));
        assertThat(version.orFail()).startsWith("mempair ");
    }

    @Test
    void anOptionItDoesNotKnowIsNamedAndNothingIsInstalled(@TempDir Path folder) {
        Run run = Installation.install("--prefix=" + folder);

        assertThat(run.exitCode()).isEqualTo(1);
        assertThat(run.err()).contains("'--prefix=" + folder + "' (expected: a folder");
        assertThat(folder).isEmptyDirectory();
    }
}
