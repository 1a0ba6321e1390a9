package io.mempair.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A short run of {@code deploy/handover.sh}, which alone runs a long one: clients of all protocols notice no switchover. */
@Tag("timed")
@Timeout(240)
class HandoverShowIT {

    private static final Duration LIMIT = Duration.ofSeconds(220);

    private final LabHosts hosts = new LabHosts(false);

    @AfterEach
    void down() {
        hosts.lab(Map.of(), "down");
    }

    @Test
    void noClientOfAnyProtocolNoticesSwitchoversUnderLoad() {
        var environment = new HashMap<>(hosts.environment());
        environment.put("HANDOVER_IS_BUILT", "yes");
        environment.put("JAVA_HOME", System.getProperty("java.home"));
        String script = LabHosts.DEPLOY.resolve("handover.sh").toString();

        Run run = Run.of(environment, LIMIT, List.of(script, "--switchovers", "4", "--clients", "50", "--rate", "300"));

        System.out.println("[handover] " + run.orFail().strip());
        assertThat(run.out())
                .contains("; 0 wrong or lost answers, 0 connections closed, reset or refused, 0 hung")
                .endsWith("holds\n");
    }
}
