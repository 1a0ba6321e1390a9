package io.mempair.ha.time;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(value = 60, unit = TimeUnit.SECONDS)
class SystemClockTest {

    @Test
    void theTimeOfTheHostGoesOn() {
        SystemClock clock = new SystemClock();
        long beforeMillis = clock.hostMillis();

        await().atMost(Duration.ofSeconds(20)).until(() -> clock.hostMillis() > beforeMillis);
    }

    @Test
    void theTimeOfTheHostIsReadByAThreadThatWasInterrupted() {
        SystemClock clock = new SystemClock();

        Thread.currentThread().interrupt();
        clock.hostMillis();
        assertThat(Thread.interrupted()).isTrue();
        assertThat(clock.hostMillis()).isPositive();
    }

    @Test
    void aProcessThatMayOpenNoMoreFilesIsToldTheTimeOfTheHost() throws Exception {
        String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        Process process = new ProcessBuilder(
                        "sh",
                        "-c",
                        "ulimit -n 200; exec \"$@\"",
                        "sh",
                        java,
                        "-cp",
                        System.getProperty("java.class.path"),
                        NoFilesMain.class.getName())
                .redirectErrorStream(true)
                .start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);

        assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
        assertThat(said.strip()).endsWith("(Too many open files); told");
    }
}
