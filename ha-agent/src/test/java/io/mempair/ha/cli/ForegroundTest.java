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
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The end of a process, in a process of its own. */
@Timeout(value = 30, unit = TimeUnit.SECONDS)
class ForegroundTest {

    private Process process;
    private BufferedReader lines;

    @BeforeEach
    void start() throws IOException {
        start(ProcessBuilder.Redirect.INHERIT);
    }

    private void start(ProcessBuilder.Redirect log) throws IOException {
        process = new ProcessBuilder(List.of(
                        ProcessHandle.current().info().command().orElse("java"),
                        "-XX:TieredStopAtLevel=1",
                        "-cp",
                        System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
                        ForegroundMain.class.getName()))
                .redirectError(log)
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

    @ParameterizedTest
    @ValueSource(
            strings = {"node", "vital thread", "memory in another thread", "memory in a task", "memory, hardly said"})
    void whatNothingCanDoWithoutEndsTheProcessAtOnceWhenItBreaks(String what) throws Exception {
        tell(what);

        assertThat(lines.readLine()).isNull();
        assertThat(process.waitFor()).isEqualTo(1);
    }

    @Test
    void aThreadThatNobodyDependsOnDiesAlone() throws Exception {
        tell("other thread");

        assertThat(lines.readLine()).isEqualTo("went on");
        process.toHandle().destroy();
        assertThat(lines.readLine()).isEqualTo("stop was called");
        assertThat(process.waitFor()).isZero();
    }

    @Test
    void aLogThatNobodyReadsDoesNotHoldUpTheEnd() throws Exception {
        kill();
        start(ProcessBuilder.Redirect.PIPE);

        tell("long story");

        assertThat(process.waitFor(20, TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue()).isEqualTo(1);
    }

    private void tell(String what) throws IOException {
        process.getOutputStream().write((what + '\n').getBytes(StandardCharsets.UTF_8));
        process.getOutputStream().flush();
    }
}
