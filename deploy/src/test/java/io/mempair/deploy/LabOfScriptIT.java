package io.mempair.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A script that makes a lab removes that lab when it ends, and never one that another script made under the same name. */
@Timeout(150)
class LabOfScriptIT {

    private static final Duration LIMIT = Duration.ofSeconds(60);

    /** Whatever it says after the lab is up comes back with its exit code. */
    private static final String SCRIPT = """
            set -euo pipefail
            here=$PWD
            . lib/common.sh
            lab_of_script unused ''
            lab/lab.sh up
            lab/lab.sh status
            false
            """;

    private final LabHosts hosts = new LabHosts(false);

    @AfterEach
    void down() {
        hosts.lab(Map.of(), "down");
    }

    @Test
    void aScriptThatFailsRemovesItsLab() {
        Run run = Run.of(hosts.environment(), LIMIT, List.of("bash", "-c", SCRIPT));

        assertThat(run.exitCode()).isEqualTo(1);
        assertThat(run.out()).contains("is up: a b w c m1 m2", "m2 UP 10.77.0.22/24");
        assertThat(hosts.lab(Map.of(), "status").out()).contains("is not up");
    }

    @Test
    void aScriptWhoseLabIsTakenLeavesItToItsMaker() {
        hosts.lab(Map.of(), "up").orFail();
        var environment = new HashMap<>(hosts.environment());
        environment.put("CHAOS_IS_BUILT", "yes");
        String chaos = LabHosts.DEPLOY.resolve("chaos.sh").toString();

        Run run = Run.of(environment, LIMIT, List.of(chaos, "1"));

        assertThat(run.exitCode()).isEqualTo(1);
        assertThat(run.err()).contains("is up already (remove it with: lab.sh down)");
        assertThat(hosts.lab(Map.of(), "status").orFail()).contains("m2 UP 10.77.0.22/24");
    }
}
