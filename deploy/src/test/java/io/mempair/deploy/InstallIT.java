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
@Timeout(240)
class InstallIT {

    private static final Duration LIMIT = Duration.ofSeconds(180);

    @TempDir
    Path folder;

    @Test
    void anInstallationOverAnEarlierOneRunsAndHasACache() throws IOException {
        Path stale = Files.createDirectories(folder.resolve("lib")).resolve("ha-agent-0.0.1.jar");
        Files.writeString(stale, "of an earlier installation");

        Run install = install(folder.toString());

        assertThat(install.orFail()).endsWith("mempair is in " + folder + "\n");
        assertThat(stale).doesNotExist();
        try (Stream<Path> parts = Files.list(folder)) {
            assertThat(parts.map(part -> part.getFileName().toString()))
                    .containsExactlyInAnyOrder("bin", "lib", "hooks", "cache");
        }
        try (Stream<Path> caches = Files.list(folder.resolve("cache"))) {
            assertThat(caches)
                    .singleElement()
                    .satisfies(file -> assertThat(install.out()).contains(file.toString()));
        }
        Run version =
                Run.of(Map.of(), LIMIT, List.of(folder.resolve("bin/mempair").toString(), "--version"));
        assertThat(version.orFail()).startsWith("mempair ");
    }

    @Test
    void anOptionItDoesNotKnowIsNamedAndNothingIsInstalled() {
        Run run = install("--prefix=" + folder);

        assertThat(run.exitCode()).isEqualTo(1);
        assertThat(run.err()).contains("'--prefix=" + folder + "' (expected: a folder");
        assertThat(folder).isEmptyDirectory();
    }

    private static Run install(String argument) {
        String script = Path.of("install.sh").toAbsolutePath().toString();
        return Run.of(Map.of("INSTALL_IS_BUILT", "yes"), LIMIT, List.of(script, argument));
    }
}
