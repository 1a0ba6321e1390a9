package io.mempair.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Some abuse for a short time, whose waits are not judged; {@code deploy/abuse.sh} alone does all of it. */
@Timeout(600)
class AbuseIT {

    private static final Duration LIMIT = Duration.ofSeconds(580);

    @Test
    void clientsThatMisbehaveNeitherEndTheProxyNorCostOthersAnAnswer() {
        Run run = abuse(
                "seconds=2",
                "transports=auto",
                "loops=2",
                "forms=file",
                "numbers=40",
                "kinds=unread-values,unread-tls,stalled-uploads,half-pipelines,unread-stats,half-closed",
                "time=no");

        System.out.println("[abuse] " + run.orFail().strip());
        assertThat(run.out()).endsWith("holds\n").doesNotContain("MISSED");
    }

    @Test
    void anUnknownWordIsRefusedWithTheWordsThatAreKnown() {
        Run run = abuse("numbers=4", "kind=unread-values");

        assertThat(run.exitCode()).isEqualTo(2);
        assertThat(run.err()).contains("'kind=unread-values'", "kinds", "transports");
    }

    private static Run abuse(String... words) {
        String script = Path.of("abuse.sh").toAbsolutePath().toString();
        List<String> command = new ArrayList<>(List.of(script));
        command.addAll(List.of(words));
        var environment = new HashMap<>(Installation.QUICK);
        environment.put("ABUSE_IS_BUILT", "yes");
        environment.put("JAVA_HOME", System.getProperty("java.home"));
        return Run.of(environment, LIMIT, command);
    }
}
