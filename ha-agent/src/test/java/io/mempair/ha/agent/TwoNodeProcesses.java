package io.mempair.ha.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.mempair.ha.config.Profile;
import io.mempair.ha.lab.ChildJvm;
import io.mempair.ha.lab.Namespaces;
import java.io.IOException;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/** Two node processes on two hosts, real JGroups, real guard, real address; only the data plane is in memory. */
abstract class TwoNodeProcesses {

    Namespaces hosts;
    ChildJvm a;
    ChildJvm b;

    @BeforeEach
    void makeHosts() {
        hosts = new Namespaces();
    }

    @AfterEach
    void removeHosts() {
        if (a != null) {
            a.close();
        }
        if (b != null) {
            b.close();
        }
        hosts.close();
    }

    final ChildJvm start(String name, Profile profile) throws IOException {
        boolean first = name.equals("a");
        return new ChildJvm(
                hosts.name(name),
                NodeMain.class,
                name,
                first ? "200" : "100",
                first ? "10.91.0.1" : "10.91.0.2",
                first ? "10.91.0.2" : "10.91.0.1",
                profile.name());
    }

    final void startBoth(Profile profile) throws IOException {
        a = start("a", profile);
        await().atMost(Duration.ofSeconds(20))
                .untilAsserted(() -> assertThat(a.lines).anyMatch(line -> line.contains("-> ACTIVE")));
        b = start("b", profile);
        await().atMost(Duration.ofSeconds(20))
                .untilAsserted(() -> assertThat(b.lines).anyMatch(line -> line.contains("-> STANDBY")));
        await().during(Duration.ofMillis(1_500))
                .atMost(Duration.ofSeconds(10))
                .until(() -> hosts.carries("a") && !hosts.carries("b"));
    }

    /** Milliseconds until host b has the address and its node says that it is active. */
    final long untilActiveOnB(Duration limit) {
        long fromNanos = System.nanoTime();
        await().pollDelay(Duration.ZERO)
                .pollInterval(Duration.ofMillis(2))
                .atMost(limit)
                .until(() -> b.hasSaid("STANDBY -> ACTIVE"));
        long tookMillis = (System.nanoTime() - fromNanos) / 1_000_000;
        assertThat(hosts.carries("b")).as("%s", b.lines).isTrue();
        return tookMillis;
    }
}
