package io.mempair.ha.address;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.mempair.ha.lab.ChildJvm;
import io.mempair.ha.lab.Namespaces;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The guard against the real kernel: every way in which the address must come and go. */
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class GuardIT {

    private Namespaces hosts;
    private ChildJvm node;

    @BeforeEach
    void startNode() throws IOException {
        hosts = new Namespaces();
        node = new ChildJvm(hosts.name("a"), GuardMain.class);
        node.say("pid");
        await().atMost(Duration.ofSeconds(10)).until(() -> node.hasSaid("observed false"));
    }

    @AfterEach
    void stopNode() {
        node.close();
        hosts.close();
    }

    private static ConditionFactory within(long millis) {
        return await().pollInterval(Duration.ofMillis(5))
                .pollDelay(Duration.ZERO)
                .atMost(Duration.ofMillis(millis));
    }

    private void claim() throws IOException {
        node.say("lease 60000");
        node.say("claim 1");
        within(3_000).until(() -> node.hasSaid("claimed 1"));
        assertThat(hosts.carries("a")).isTrue();
    }

    /** Asks until there is a guard: on a busy host its shell takes a while. */
    private long guardPid() {
        within(20_000).until(() -> {
            node.say("pid");
            return node.lines.stream().anyMatch(line -> line.matches("pid [1-9]\\d*"));
        });
        return node.lines.stream()
                .filter(line -> line.matches("pid [1-9]\\d*"))
                .mapToLong(line -> Long.parseLong(line.substring(4)))
                .reduce(0, (first, second) -> second);
    }

    @Test
    void anAddressIsClaimedRenewedPastItsLifetimeAndReleased() throws Exception {
        claim();

        await().pollInterval(Duration.ofMillis(100))
                .during(Duration.ofMillis(2_500))
                .atMost(Duration.ofSeconds(20))
                .until(() -> {
                    node.say("lease 60000");
                    return hosts.carries("a");
                });

        node.say("release 1");
        within(1_000).until(() -> node.hasSaid("released 1"));
        assertThat(hosts.carries("a")).isFalse();
    }

    @Test
    void silenceDropsTheAddressAndIsReported() throws Exception {
        claim();

        within(800).until(() -> node.hasSaid("lost the guard heard nothing"));
        assertThat(hosts.carries("a")).isFalse();
    }

    @Test
    void aLeaseThatEndsSoonerThanTheSilenceEndsTheAddress() throws Exception {
        node.say("lease 150");
        node.say("claim 1");
        within(500).until(() -> node.hasSaid("claimed 1"));

        within(350).until(() -> !hosts.carries("a"));
    }

    @Test
    void aKilledNodeLosesTheAddressInMilliseconds() throws Exception {
        claim();

        node.signal("KILL");

        within(200).until(() -> !hosts.carries("a"));
    }

    @Test
    void aStoppedNodeLosesTheAddressBySilence() throws Exception {
        claim();

        node.signal("STOP");

        within(800).until(() -> !hosts.carries("a"));
    }

    /** What a paused node has begun to send must not reach a server after what the next node sends. */
    @Test
    void aStoppedNodeLosesItsConnectionsToServersWhenItsLeaseEnds() throws Exception {
        node.say("connect");
        within(5_000).until(() -> node.hasSaid("connected "));
        claim();
        node.say("lease 1000");

        node.signal("STOP");

        String ends = node.lines.stream()
                .filter(line -> line.startsWith("connected "))
                .findFirst()
                .orElseThrow()
                .substring("connected ".length());
        within(20_000).until(() -> !hosts.isConnected("a", ends));
        assertThat(hosts.carries("a")).isFalse();
        node.signal("CONT");
        node.say("talk");
        within(20_000).until(() -> node.hasSaid("cut"));
    }

    @Test
    void aNodeThatEndsItsLeaseItselfKeepsItsConnections() throws Exception {
        node.say("connect");
        claim();
        node.say("lease 700");
        node.say("release 1");
        within(20_000).until(() -> node.hasSaid("released 1"));

        await().pollInterval(Duration.ofMillis(100))
                .during(Duration.ofMillis(1_500))
                .atMost(Duration.ofSeconds(20))
                .until(() -> {
                    node.say("talk");
                    return !node.hasSaid("cut");
                });
        within(20_000).until(() -> node.hasSaid("sent"));
    }

    @Test
    void whenNodeAndGuardAreKilledTheKernelDropsTheAddress() throws Exception {
        claim();
        long guard = guardPid();

        ChildJvm.signal("KILL", guard);
        node.signal("KILL");

        within(2_000).until(() -> !hosts.carries("a"));
    }

    @Test
    void whenTheNodeIsKilledAndTheGuardStoppedTheKernelDropsTheAddress() throws Exception {
        claim();
        long guard = guardPid();

        ChildJvm.signal("STOP", guard);
        node.signal("KILL");

        try {
            within(2_000).until(() -> !hosts.carries("a"));
        } finally {
            ChildJvm.signal("KILL", guard);
        }
    }

    @Test
    void theGuardLeadsAProcessGroupOfItsOwn() throws Exception {
        long guard = guardPid();

        String[] stat = Files.readString(Path.of("/proc/" + guard + "/stat")).split(" ", -1);

        assertThat(stat[4]).as("process group, proc(5)").isEqualTo(Long.toString(guard));
    }

    @Test
    void anOrphanWithAnotherPrefixIsSeenAndRemoved() throws Exception {
        hosts.on(
                "a",
                "ip",
                "addr",
                "add",
                Namespaces.VIP + "/27",
                "dev",
                "eth0",
                "valid_lft",
                "2",
                "preferred_lft",
                "2");

        node.say("release 0");

        within(1_500).until(() -> node.hasSaid("released 0"));
        assertThat(hosts.carries("a")).isFalse();
    }

    @Test
    void aKilledGuardIsReportedAndReplaced() throws Exception {
        claim();
        long guard = guardPid();

        ChildJvm.signal("KILL", guard);

        within(1_000).until(() -> node.hasSaid("lost the guard ended"));
        // one that had only just started is replaced after a pause
        await().pollInterval(Duration.ofMillis(200))
                .atMost(Duration.ofSeconds(20))
                .until(() -> {
                    node.say("lease 60000");
                    node.say("claim 2");
                    return node.hasSaid("claimed 2") && hosts.carries("a");
                });
    }

    @Test
    void aTerminatedGuardStaysUntilTheNodeLetsGo() throws Exception {
        claim();
        long guard = guardPid();

        ChildJvm.signal("TERM", guard);
        ChildJvm.signal("HUP", guard);
        ChildJvm.signal("INT", guard);
        node.say("lease 60000");
        node.say("release 1");

        within(1_000).until(() -> node.hasSaid("released 1"));
        assertThat(node.hasSaid("the guard ended")).isFalse();
    }
}
