package io.mempair.ha.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.mempair.proxy.config.ServerAddress;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The rules of the group, the operator's checks, and the file of a witness. */
@Timeout(20)
class GroupRulesReaderTest {

    private static final String MINIMAL = """
            node: {name: a}
            group: {bind: 10.77.0.11, peers: 10.77.0.12}
            virtual-address: {address: 10.77.0.100/24, interface: eth0}
            proxy: {servers: [10.77.0.21]}
            """;

    @TempDir
    private Path folder;

    @Test
    void theRulesOfTheGroupReachTheirRecord() throws Exception {
        GroupConfig group = ConfigReader.readNode(file(MINIMAL.replace(
                        "peers: 10.77.0.12",
                        "peers: 10.77.0.12, mode: pair, tie-breaker: [gateway, 10.77.0.1, 'fd00::1', 'm9:11211'],"
                                + " preempt: true, preempt-delay: 30s")))
                .group();

        assertThat(group.mode()).isEqualTo(Mode.PAIR);
        assertThat(group.tieBreaker())
                .isEqualTo(new TieBreakerConfig(
                        false,
                        List.of(
                                new TieBreakerConfig.GatewayTieBreaker(),
                                new TieBreakerConfig.HostTieBreaker("10.77.0.1"),
                                new TieBreakerConfig.HostTieBreaker("fd00::1"),
                                new TieBreakerConfig.Server(new ServerAddress("m9", 11211)))))
                .hasToString("[gateway, 10.77.0.1, fd00::1, m9:11211]");
        assertThat(group.preempt()).isTrue();
        assertThat(group.preemptDelay()).isEqualTo(Duration.ofSeconds(30));
    }

    @Test
    void aTieBreakerCanBeSwitchedOff() throws Exception {
        NodeConfig node = ConfigReader.readNode(
                file(MINIMAL.replace("peers: 10.77.0.12", "peers: 10.77.0.12, tie-breaker: none")));

        assertThat(node.group().tieBreaker()).isEqualTo(TieBreakerConfig.NONE);
    }

    @Test
    void aWitnessIsOneOfTheOthers() throws Exception {
        GroupConfig group = ConfigReader.readNode(file(
                        MINIMAL.replace("peers: 10.77.0.12", "peers: 10.77.0.12, mode: witness, witness: 10.77.0.13")))
                .group();

        assertThat(group.mode()).isEqualTo(Mode.WITNESS);
        assertThat(group.witness()).isEqualTo(new ServerAddress("10.77.0.13", 7800));
        assertThat(group.others())
                .containsExactly(new ServerAddress("10.77.0.12", 7800), new ServerAddress("10.77.0.13", 7800));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "mode: trio                     | :2:52: group.mode: 'trio' (expected: pair or witness)",
                "mode: witness                  | group.witness: missing (expected: the address of the witness)",
                "witness: m9                    | group.witness: does nothing in mode pair (expected: with mode: witness)",
                "mode: witness, witness: 10.77.0.12 | group.witness: 10.77.0.12:7800 is the other node (expected: a",
                "mode: witness, witness: 10.77.0.11 | group.witness: 10.77.0.11:7800 (expected: a process on a third",
                "mode: witness, witness: 10.77.0.100 | group.witness: 10.77.0.100 is the virtual address too, see virtual-address.address",
                "mode: witness, witness: w, tie-breaker: gateway | group.tie-breaker: does nothing in mode witness",
                "tie-breaker: router            | group.tie-breaker: 'router' (expected: gateway, an address, host:port or",
                "tie-breaker: []                | group.tie-breaker: empty (expected: at least one address, or none)",
                "tie-breaker: [none, gateway]   | group.tie-breaker: 'none' (expected: gateway, an address, host:port",
                "preempt: 1                     | group.preempt: '1' (expected: true or false)",
                "preempt-delay: 1s              | group.preempt-delay: does nothing alone (expected: together with preempt",
                "preempt: true, preempt-delay: 61m | group.preempt-delay: 61m (expected: at most 60m)",
            })
    void aBadRuleOfTheGroupIsRefused(String keys, String message) throws IOException {
        Path path = file(MINIMAL.replace("peers: 10.77.0.12", "peers: 10.77.0.12, " + keys));

        assertThat(refusal(path)).contains(message).doesNotContain("\n");
    }

    @Test
    void theOperatorsChecksReachTheirRecords() throws Exception {
        NodeConfig node = ConfigReader.readNode(file(MINIMAL + """
                checks:
                  - {name: disk, command: /bin/test  -w /tmp}
                  - {name: two, command: [/bin/sh, -c, exit 0], interval: 500ms, timeout: 100ms, rise: 3, fall: 1}
                """));

        assertThat(node.checks())
                .containsExactly(
                        new CheckConfig(
                                "disk",
                                List.of("/bin/test", "-w", "/tmp"),
                                Duration.ofSeconds(2),
                                Duration.ofSeconds(1),
                                2,
                                2),
                        new CheckConfig(
                                "two",
                                List.of("/bin/sh", "-c", "exit 0"),
                                Duration.ofMillis(500),
                                Duration.ofMillis(100),
                                3,
                                1));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "[]                                        | ",
                "{command: /bin/true}                      | checks.name: missing (expected: a name, shown in the status",
                "{name: 'a b', command: /bin/true}         | checks.name: 'a b' (expected: letters, digits",
                "{name: x}                                 | checks.command: missing (expected: the absolute path of a",
                "{name: x, command: true}                  | checks.command: [true] (expected: the absolute path of a",
                "{name: x, command: /nowhere/x}            | checks.command: [/nowhere/x] (expected: the absolute path",
                "{name: x, command: []}                    | checks.command: [] (expected: the absolute path of a",
                "{name: x, command: /bin/true, interval: 99ms} | checks.interval: 99ms (expected: 100ms to 10m)",
                "{name: x, command: /bin/true, timeout: 11m} | checks.timeout: 11m (expected: 10ms to 10m)",
                "{name: x, command: /bin/true, rise: 0}    | checks.rise: 0 (expected: 1..100)",
                "{name: x, command: /bin/true, fall: 101}  | checks.fall: 101 (expected: 1..100)",
                "{name: x, command: /bin/true, fal: 1}     | checks.fal: unknown key (did you mean 'fall'?)",
                "[{name: x, command: /bin/true}, {name: x, command: /bin/true}] | :5:48: checks.name: x twice (expected:",
                "/bin/true                                 | checks: '/bin/true' (expected: a mapping with the keys",
            })
    void aBadCheckIsRefused(String checks, String message) throws Exception {
        Path path = file(MINIMAL + "checks: " + checks + '\n');

        if (message == null) {
            assertThat(ConfigReader.readNode(path).checks()).isEmpty();
        } else {
            assertThat(refusal(path)).contains(message);
        }
    }

    @Test
    void aWitnessNeedsANameAndBothNodes() throws Exception {
        Path path = file("""
                node: {name: w}
                group: {bind: 10.77.0.13, peers: [10.77.0.11, 10.77.0.12], profile: fast}
                """);

        WitnessConfig witness = ConfigReader.readWitness(path);

        assertThat(ConfigReader.describesWitness(ConfigText.of(path))).isTrue();
        assertThat(witness.name()).isEqualTo("w");
        assertThat(witness.group().mode()).isEqualTo(Mode.WITNESS);
        assertThat(witness.group().profile()).isEqualTo(Profile.FAST);
        assertThat(witness.group().witness()).isEqualTo(witness.group().self());
        assertThat(witness.group().others())
                .containsExactly(new ServerAddress("10.77.0.11", 7800), new ServerAddress("10.77.0.12", 7800));
        assertThat(witness.admin().http()).isEqualTo(new ServerAddress("10.77.0.13", 9411));
    }

    @Test
    void whatAWitnessDoesNotDoIsRefusedInItsFile() throws IOException {
        Path path = file("""
                node: {name: w, priority: 7}
                group: {bind: 10.77.0.13, peers: 10.77.0.11, mode: witness, preempt: true}
                checks: []
                """);

        var refused = catchThrowableOfType(ConfigException.class, () -> ConfigReader.readWitness(path));

        String reason = "does nothing in the file of a witness";
        assertThat(refused.problems()).hasSize(5);
        assertThat(refused.getMessage())
                .contains(":1:27: node.priority: " + reason)
                .contains(
                        "group.peers: 1 (expected: both nodes; a node's file has the sections virtual-address and proxy too)")
                .contains("group.mode: " + reason)
                .contains("group.preempt: " + reason)
                .contains(":3:9: checks: " + reason);
    }

    private String refusal(Path path) {
        return catchThrowableOfType(ConfigException.class, () -> ConfigReader.readNode(path))
                .getMessage();
    }

    private Path file(String text) throws IOException {
        return Files.writeString(folder.resolve("node.yaml"), text);
    }
}
