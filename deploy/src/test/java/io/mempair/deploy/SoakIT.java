package io.mempair.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A short soak; {@code deploy/soak.sh} alone runs a long one. */
@Timeout(150)
class SoakIT {

    private static final Duration LIMIT = Duration.ofSeconds(140);

    @Test
    void noAnswerIsWrongOrLostWhileConnectionsMixAllProtocols() {
        String script = Path.of("soak.sh").toAbsolutePath().toString();

        Run run = Run.of(
                Map.of("SOAK_IS_BUILT", "yes", "JAVA_HOME", System.getProperty("java.home")),
                LIMIT,
                List.of(script, "10", "16", "1"));

        System.out.println("[soak] " + run.orFail().strip());
        assertThat(run.out()).contains("\"ok\":true", "\"wrong\":0", "\"lost\":0", "\"evictions\":0");
    }
}
