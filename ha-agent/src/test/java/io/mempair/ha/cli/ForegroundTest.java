package io.mempair.ha.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The end of a process, in a process of its own. */
@Timeout(value = 30, unit = TimeUnit.SECONDS)
class ForegroundTest {

    private Process process;
    private BufferedReader lines;

    @BeforeEach
    void start() throws IOException {
        process = new ProcessBuilder(List.of(
                        ProcessHandle.current().info().command().orElse("java"),
                        "-XX:TieredStopAtLevel=1",
                        "-cp",
                        System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
                        ForegroundMain.class.getName()))
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        lines = new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
        assertThat(lines.readLine()).isEqualTo("running");
    }

    @AfterEach
    void kill() {
        process.destroyForcibly();
    }

    @Test
    void aSignalStopsInOrderAndIsASuccess() throws Exception {
        process.toHandle().destroy();

        assertThat(lines.readLine()).isEqualTo("stop was called");
        assertThat(process.waitFor()).isZero();
    }

    @Test
    void whatBreaksByItselfIsStoppedTooAndIsAFailure() throws Exception {
        process.getOutputStream().write('\n');
        process.getOutputStream().flush();

        assertThat(lines.readLine()).isEqualTo("stop was called");
        assertThat(process.waitFor()).isEqualTo(1);
    }
}
