package io.mempair.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import io.mempair.deploy.faults.AddressWatch;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * Two nodes and their witness, of whom two must agree. What must hold in every failure: never do both nodes have the address. How fast
 * things go is for {@code deploy/lab/faults.sh} to say.
 */
@Timeout(240)
class WitnessIT {

    private static final Map<String, String> WITNESSED = Map.of("MEMPAIR_WITNESS", "yes");
    private static final List<String> MEMBERS = List.of("a", "b", "w");

    /** Several leases; a wrong decision would have come by then. */
    private static final Duration WHILE = Duration.ofSeconds(3);

    /** Cuts between the nodes, should the machine be too busy for one that says something. */
    private static final int CUT_ROUNDS = 5;

    /** What the design grants a witness. */
    private static final long MAX_HEAP_BYTES = 64L << 20;

    private static final Pattern EPOCH = Pattern.compile("\"epoch\":(\\d+)");
    private static final Pattern MAX_HEAP =
            Pattern.compile("(?m)^jvm_memory_max_bytes\\{area=\"heap\",[^}]*} ([-0-9.E]+)");

    @RegisterExtension
    private final Lab lab = new Lab();

    private AddressWatch watch;
    private Process witness;
    private long settledMicros;

    @BeforeEach
    void startServersAndWatch() {
        lab.startMemcached("m1");
        lab.startMemcached("m2");
        watch = new AddressWatch(lab.watch(), Lab.VIP);
        watch.awaitReady();
        MEMBERS.forEach(member -> lab.writeConfig(member, WITNESSED));
    }

    @AfterEach
    void endWatch() {
        watch.close();
    }

    @Test
    void aKilledNodeIsReplacedAndMaintenanceMovesTheAddress() throws IOException {
        startMembers();
        assertWitnessIsSmall();

        lab.lab("fault", "kill-a").orFail();
        lab.until("b is active", () -> lab.isActive("b"));
        startNode("a");
        lab.until("a is standby", () -> lab.role("a").equals("standby"));
        assertThat(lab.isActive("b")).isTrue();

        assertThat(maintenance("standby", "b")).contains("in maintenance");
        lab.until("a is active", () -> lab.isActive("a"));
        assertThat(lab.holdsAddress("b")).isFalse();
        assertThat(lab.role("b")).isEqualTo("fault");
        assertThat(lab.http("b", "/status")).contains("\"maintenance\":true");
        assertThat(maintenance("online", "b")).contains("online again");
        lab.until("b is standby", () -> lab.role("b").equals("standby"));
        assertThat(lab.isActive("a")).isTrue();
        assertNeverBothHeld();
    }

    /** A node that is paused for longer than its lease must go, cut or no cut: such a round says nothing and is made again. */
    @Test
    void aCutBetweenTheNodesOnlyChangesNothing() throws IOException {
        startMembers();
        long rounds = 0;
        long pausesBefore;
        long epoch;
        do {
            lab.until(
                    "a is active, b standby",
                    () -> lab.isActive("a") && lab.role("b").equals("standby"));
            pausesBefore = pauses();
            epoch = epoch("a");
            cutBetweenTheNodesAndHeal();
            if (!lab.isActive("a")) {
                lab.switchover("b");
            }
            rounds++;
        } while (epoch("a") != epoch && pauses() > pausesBefore && rounds < CUT_ROUNDS);

        assertThat(epoch("a"))
                .as("no take-over in cut %d, so the same reign", rounds)
                .isEqualTo(epoch);
        assertNeverBothHeld();
    }

    private void cutBetweenTheNodesAndHeal() {
        long startNanos = System.nanoTime();
        lab.lab("fault", "split").orFail();
        lab.until("the cut has lasted", () -> System.nanoTime() - startNanos > WHILE.toNanos());
        lab.lab("heal").orFail();
        lab.until(
                "one is active, and the other hears it",
                () -> lab.isActive("a") && lab.role("b").equals("standby")
                        || lab.isActive("b") && lab.role("a").equals("standby"));
    }

    /** How often a node said that it was paused. */
    private long pauses() throws IOException {
        return Stream.of(lab.log("a", "node"), lab.log("b", "node"), lab.log("w", "witness"))
                .flatMap(String::lines)
                .filter(line -> line.contains("this process paused"))
                .count();
    }

    @Test
    void aHostThatIsCutOffLetsGoByItselfBeforeTheOtherTakesOver() throws IOException {
        startMembers();

        var outage = lab.outageDuring("cut of the active host, with a witness", () -> {
            lab.lab("fault", "cut-a").orFail();
            lab.until("b is active", () -> lab.isActive("b"));
            assertThat(lab.holdsAddress("a"))
                    .as("a has the address, though nobody could tell it of the take-over")
                    .isFalse();
        });

        assertThat(outage.lasting()).isFalse();
        assertThat(lab.log("a", "node")).contains("role ACTIVE -> ");
        lab.lab("heal").orFail();
        lab.until("a is standby", () -> lab.role("a").equals("standby"));
        assertThat(lab.isActive("b")).isTrue();
        assertNeverBothHeld();
    }

    @Test
    void twoOfThreeMustBeThere() {
        startMembers();
        long epoch = epoch("a");

        lab.kill(witness);
        lab.untilFor(
                WHILE,
                "the nodes do without the witness",
                () -> lab.isActive("a") && lab.role("b").equals("standby"));
        assertThat(epoch("a")).isEqualTo(epoch);

        lab.lab("fault", "kill-b").orFail();
        lab.until("a stops serving", () -> !lab.isActive("a") && !lab.holdsAddress("a"));
        lab.untilFor(WHILE, "a does not serve alone", () -> !lab.isActive("a") && !lab.holdsAddress("a"));

        startWitness();
        lab.until("a serves again", () -> lab.isActive("a") && lab.holdsAddress("a"));
        assertThat(lab.throughTheAddress("set k 0 0 1", "x")).isEqualTo("STORED\r\n");
    }

    @Test
    void aNodeOfAnotherModeIsNamedAndGetsNoSupport() {
        lab.writeConfig("b", Map.of());
        startWitness();
        startNode("a");
        lab.until("a is active", () -> lab.isActive("a"));
        startNode("b");

        lab.until(
                "b names the difference",
                () -> lab.log("b", "node")
                        .contains("a has a witness, this node has none: write the same group.mode on both"));
        lab.lab("fault", "stop-a").orFail();
        lab.until("b, which counts two voters, goes on alone and asks for support", () -> lab.isActive("b"));
        lab.lab("heal").orFail();
        lab.until(
                "a names the difference",
                () -> lab.log("a", "node")
                        .contains("b has no witness, this node has: write the same group.mode on both"));
    }

    @Test
    void membersWithCertificatesFormFailOverAndRefuseOneWithout() throws IOException {
        Path keys = lab.shortLived();
        assertThat(Lab.mempair("certs", keys.toString(), "a", "b", "w").orFail())
                .contains("keep ca-key.pem away from the nodes");
        MEMBERS.forEach(member -> lab.rewrite(
                member,
                text -> text.replaceFirst(
                        "group:\n",
                        "group:\n  tls-certificate: %1$s/%2$s.pem\n  tls-key: %1$s/%2$s-key.pem\n  tls-ca: %1$s/ca.pem\n"
                                .formatted(keys, member))));
        startMembers();
        for (String member : MEMBERS) {
            assertThat(lab.log(member, member.equals("w") ? "witness" : "node")).doesNotContain("not secured");
        }

        lab.lab("fault", "kill-a").orFail();
        lab.until("b is active", () -> lab.isActive("b"));
        lab.writeConfig("a", WITNESSED);
        startNode("a");
        lab.until(
                "b names the node without a certificate",
                () -> lab.log("b", "node").contains("it speaks without TLS"));
        lab.untilFor(WHILE, "it takes nothing", () -> lab.isActive("b") && !lab.isActive("a"));
        assertNeverBothHeld();
    }

    private void startMembers() {
        startWitness();
        startNode("a");
        lab.until("a is active", () -> lab.isActive("a"));
        startNode("b");
        lab.until(
                "b is standby and hears a",
                () -> lab.role("b").equals("standby")
                        && lab.http("b", "/status").contains("\"active_node\":\"a\""));
        settledMicros = AddressWatch.nowMicros();
    }

    private void startNode(String host) {
        lab.startMember(host, "node", "node", lab.config(host));
    }

    private void startWitness() {
        witness = lab.startMember("w", "witness", "witness", lab.config("w"));
    }

    private void assertWitnessIsSmall() throws IOException {
        lab.until("w says what it is", () -> lab.role("w").equals("witness"));
        assertThat(lab.http("w", "/health/active")).contains(" 503 ");
        Path process = Path.of("/proc", String.valueOf(witness.pid()));
        assertThat(Files.readString(process.resolve("cmdline"))).contains("-Xmx48m");
        long heapBytes = MAX_HEAP.matcher(lab.http("w", "/metrics"))
                .results()
                .mapToLong(sample -> (long) Double.parseDouble(sample.group(1)))
                .sum();
        assertThat(heapBytes).isBetween(1L, MAX_HEAP_BYTES);
        String resident = Files.readString(process.resolve("status"))
                .lines()
                .filter(line -> line.startsWith("VmRSS"))
                .findFirst()
                .orElse("VmRSS unknown");
        System.out.println("[witness] heap at most " + heapBytes + " bytes, " + resident);
    }

    private String maintenance(String command, String node) {
        return Lab.mempair(command, "--config", lab.config(node).toString()).orFail();
    }

    private long epoch(String node) {
        var epoch = EPOCH.matcher(lab.http(node, "/status"));
        assertThat(epoch.find()).as("an epoch in the status of %s", node).isTrue();
        return Long.parseLong(epoch.group(1));
    }

    private void assertNeverBothHeld() {
        assertThat(watch.bothHeldSince(settledMicros)).isEqualTo(Duration.ZERO);
    }
}
