package io.mempair.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** One address, two nodes, real memcached: what a client and an operator see. */
@Timeout(240)
class PairIT {

    /** Milliseconds; a crash is noticed at once, the rest is room for a busy machine. */
    private static final long CRASH_BOUND = 1_500;

    /** Milliseconds; a hang is noticed when the lease of 700 ms is over. */
    private static final long HANG_BOUND = 3_000;

    @RegisterExtension
    private final Lab lab = new Lab();

    @Test
    void aClientWritesAndReadsThroughTheAddressAndTheStandbyRefusesIt() {
        lab.startPair();

        String answer = lab.throughTheAddress("set k 0 0 5", "hello", "get k");

        assertThat(answer).isEqualTo("STORED\r\nVALUE k 0 5\r\nhello\r\nEND\r\n");
        assertThat(lab.on("c", "nc", "-z", "-w", "2", Lab.ADDRESS.get("b"), "11211")
                        .exitCode())
                .as("the standby's own address")
                .isNotZero();
        assertThat(lab.http("a", "/health/active")).contains(" 200 ");
        assertThat(lab.http("b", "/health/active")).contains(" 503 ").contains("standby");
        assertThat(lab.http("b", "/health/ready")).contains(" 200 ");
        assertThat(lab.http("b", "/metrics")).contains("jvm_memory_used_bytes");
        assertThat(lab.holdsAddress("a")).isTrue();
        assertThat(lab.holdsAddress("b")).isFalse();
    }

    @Test
    @Tag("timed")
    void aKilledActiveNodeIsReplacedAndComesBackAsStandby() {
        lab.startPair();
        lab.throughTheAddress("set k 0 0 5", "hello");

        var outage = lab.outageDuring("kill -9 of the active node", () -> {
            lab.lab("fault", "kill-a").orFail();
            lab.until("b is active", () -> lab.isActive("b"));
        });

        assertThat(outage.longestMillis()).isLessThan(CRASH_BOUND);
        assertThat(lab.throughTheAddress("get k")).contains("hello");
        lab.startNode("a");
        lab.until("a is standby", () -> lab.role("a").equals("standby"));
        assertThat(lab.isActive("b")).isTrue();
        assertThat(lab.holdsAddress("a")).isFalse();
    }

    @Test
    @Tag("timed")
    void aSwitchoverMovesTheAddressToTheOtherNode() {
        lab.startPair();

        var outage = lab.outageDuring("switchover", () -> {
            assertThat(lab.switchover("a").orFail()).contains("b is active");
            lab.until("b serves", () -> lab.isActive("b"));
        });

        assertThat(outage.longestMillis()).isLessThan(CRASH_BOUND);
        lab.until("a is standby", () -> lab.role("a").equals("standby"));
        assertThat(lab.holdsAddress("a")).isFalse();
        Run refused = lab.switchover("a");
        assertThat(refused.exitCode()).isEqualTo(1);
        assertThat(refused.err()).contains("mempair switchover: ");
        bothNodesTellTheSame();
    }

    private void bothNodesTellTheSame() {
        assertThat(ask("b", "wait", "serving", "--timeout", "10s").out().strip())
                .isEqualTo("serving");
        assertThat(ask("a", "wait", "standby", "--timeout", "10s").exitCode()).isZero();
        assertThat(ask("a", "why").out()).startsWith("a takes over as soon as no other node is active");
        for (String node : List.of("a", "b")) {
            lab.until(
                    node + " shows b with the address",
                    () -> ask(node, "status")
                            .out()
                            .lines()
                            .filter(line -> line.matches("\\w+( \\(this one\\))? +active .*"))
                            .allMatch(line -> line.startsWith("b ") && line.contains("  held  ")));
        }
        lab.until("both tell the same, and that b took over", () -> {
            String history = ask("a", "history").out();
            return history.matches("(?s).* b +standby -> active +[0-9]+ +[0-9]+ ms .*")
                    && ask("b", "history").out().equals(history);
        });
    }

    private Run ask(String node, String... words) {
        List<String> all = new ArrayList<>(List.of(words));
        all.addAll(List.of("--config", lab.config(node).toString()));
        return Lab.mempair(all.toArray(String[]::new));
    }

    @Test
    void bothNodesFollowTheirFilesAndTheClientsNoticeNothing() throws Exception {
        lab.startMemcached("m1");
        lab.startMemcached("m2");
        lab.startNodes(Map.of("MEMPAIR_SERVERS", "10.77.0.21:11211"));
        lab.throughTheAddress("set k 0 0 5", "hello");

        var outage = lab.outageDuring("reload of both nodes", () -> {
            for (String node : List.of("a", "b")) {
                lab.rewrite(node, text -> text.replaceFirst("servers: .*", "servers: [10.77.0.21, 10.77.0.22]"));
                assertThat(lab.reload(node).orFail()).contains("proxy.servers: [10.77.0.21:11211] -> ");
                lab.rewrite(
                        node,
                        text -> text.replaceFirst("servers: .*", "servers: [10.77.0.21]")
                                .replaceFirst("backups: .*", "backups: [10.77.0.22]"));
                assertThat(lab.reload(node).orFail()).contains("proxy.backups: [] -> [10.77.0.22:11211]");
            }
            lab.rewrite("a", text -> text.replaceFirst("name: a", "name: c"));
            Run refused = lab.reload("a");
            assertThat(refused.exitCode()).isEqualTo(2);
            assertThat(refused.err()).contains("needs a restart: node.name (");
        });

        assertThat(outage.outages()).isZero();
        assertThat(lab.throughTheAddress("get k", "set both 0 0 1", "x"))
                .contains("hello")
                .contains("STORED");
        assertThat(lab.tcp("m2", Lab.ADDRESS.get("m2"), 11211, "get both")).contains("VALUE both");
        assertThat(lab.http("a", "/status")).contains("\"applied\":false");
        assertThat(lab.http("b", "/status")).contains("\"applied\":true");
        assertThat(lab.isActive("a")).isTrue();
    }

    @Test
    @Tag("timed")
    void aSignalMakesTheActiveNodeHandOverAndEndWithSuccess() throws Exception {
        lab.startMemcached("m1");
        lab.startMemcached("m2");
        Process active = lab.startNode("a");
        lab.until("a is active", () -> lab.isActive("a"));
        lab.startNode("b");
        lab.until("b is standby", () -> lab.role("b").equals("standby"));

        var outage = lab.outageDuring("SIGTERM of the active node", () -> {
            active.destroy();
            lab.until("b is active", () -> lab.isActive("b"));
        });

        assertThat(outage.longestMillis()).isLessThan(CRASH_BOUND);
        assertThat(active.waitFor(10, TimeUnit.SECONDS)).isTrue();
        assertThat(active.exitValue()).isZero();
        assertThat(lab.holdsAddress("a")).isFalse();
    }

    @Test
    @Tag("timed")
    void aNodeThatWasFrozenWithItsGuardReturnsAndCanBeActiveAgain() {
        lab.startPair();
        var outage = lab.outageDuring("freeze of the active node and its guard", () -> {
            lab.lab("fault", "freeze-a").orFail();
            lab.until("b is active", () -> lab.isActive("b"));
        });

        lab.lab("heal").orFail();

        assertThat(outage.longestMillis()).isLessThan(HANG_BOUND);
        lab.until("a is standby", () -> lab.role("a").equals("standby"));
        assertThat(lab.switchover("b").orFail()).contains("a is active");
        lab.until("a serves", () -> lab.isActive("a") && lab.holdsAddress("a"));
    }

    @Test
    void theAddressLeavesAHostWhoseProcessesWereAllKilled() {
        lab.startPair();

        lab.lab("fault", "killall-a").orFail();

        lab.until("a's interface is without the address", Duration.ofSeconds(2), () -> !lab.holdsAddress("a"));
        lab.until("b is active", () -> lab.isActive("b"));
    }

    @Test
    @Tag("timed")
    void aKilledGuardIsReplacedAndTheNodeGoesOnServing() {
        lab.startPair();

        var outage = lab.outageDuring("kill -9 of the guard alone", () -> {
            lab.lab("fault", "killguard-a").orFail();
            // longer than the kernel keeps an address that no guard renews
            lab.untilFor(Duration.ofMillis(1_500), "a holds the address", () -> lab.holdsAddress("a"));
        });

        assertThat(outage.longestMillis()).isLessThan(CRASH_BOUND);
        assertThat(lab.isActive("a")).isTrue();
        assertThat(lab.role("b")).isEqualTo("standby");
    }
}
