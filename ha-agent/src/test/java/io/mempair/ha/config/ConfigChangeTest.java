package io.mempair.ha.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ConfigChangeTest {

    private static final String NODE = """
            node: {name: a}
            group: {bind: 10.0.0.11, peers: [10.0.0.12]}
            virtual-address: {address: 10.0.0.100/24, interface: eth0}
            proxy: {servers: [m1]}
            """;

    private static final Path FILE = Path.of("a.yaml");

    @TempDir
    private Path folder;

    private NodeConfig node(String text) throws Exception {
        return ConfigReader.readNode(Files.writeString(folder.resolve("a.yaml"), text));
    }

    private ProxyFile proxy(String text) throws Exception {
        return ConfigReader.readProxy(Files.writeString(folder.resolve("p.yaml"), text));
    }

    @Test
    void everyKeyOfTheFileIsCompared() throws Exception {
        assertThat(ConfigValues.of(node(NODE))).containsOnlyKeys(ConfigKey.values());
    }

    @Test
    void aDefaultThatIsWrittenOutIsNoChange() throws Exception {
        ConfigChange change = ConfigChange.between(
                node(NODE), node(NODE.replace("[m1]", "['m1:11211'], timeout: 500ms, distribution: modulo")));

        assertThat(change).hasToString("nothing changed");
    }

    @Test
    void aChangeIsToldByKeyWithItsOldAndItsNewValue() throws Exception {
        ConfigChange change = ConfigChange.between(
                node(NODE),
                node(NODE.replace("[m1]", "[m1, m2], timeout: 1s, distribution: ketama, max-clients: 9")
                        + "log: {level: debug}\n"));

        assertThat(change)
                .hasToString(
                        "proxy.servers: [m1:11211] -> [m1:11211, m2:11211]; proxy.distribution: modulo -> magent-ketama; "
                                + "proxy.timeout: 500ms -> 1s; proxy.max-clients: 4096 -> 9; log.level: info -> debug"
                                + moved(change));
        assertThatCode(() -> change.requireReloadable(FILE)).doesNotThrowAnyException();
    }

    /** The end of the line, with a share that is about a half. */
    private static String moved(ConfigChange change) {
        Matcher share = Pattern.compile("; about (\\d+) % of the keys belong to another server then, all to m2:11211$")
                .matcher(change.toString());
        assertThat(share.find()).as("%s", change).isTrue();
        assertThat(Integer.parseInt(share.group(1))).isBetween(40, 60);
        return share.group();
    }

    @Test
    void howTwoCopiesAreKeptIsReloaded() throws Exception {
        ConfigChange change = ConfigChange.between(
                node(NODE.replace("[m1]", "[m1], backups: [m2], hedge: true")),
                node(
                        NODE.replace(
                                "[m1]",
                                "[m1], backups: [m2], acknowledge: primary, journal-bytes: 1m, refill-rate: 9, refill-for: 1m, refill-lifetime: 1s, last-copy-wait: 2s")));

        assertThat(change)
                .hasToString("proxy.acknowledge: all -> primary; proxy.hedge: true -> false; "
                        + "proxy.journal-bytes: 16m -> 1m; proxy.refill-rate: 0 -> 9; "
                        + "proxy.refill-for: 1440m -> 1m; proxy.refill-lifetime: 60m -> 1s; "
                        + "proxy.last-copy-wait: 10s -> 2s");
        assertThatCode(() -> change.requireReloadable(FILE)).doesNotThrowAnyException();
    }

    @Test
    void aRenewedPasswordIsAChangeThatIsNotShown() throws Exception {
        Path users = Files.writeString(folder.resolve("users"), "app:first\n");
        String text = NODE.replace("[m1]", "[m1], auth-file: " + users);
        NodeConfig before = node(text);
        Files.writeString(users, "app:second\n");

        ConfigChange change = ConfigChange.between(before, node(text));

        assertThat(change).hasToString("proxy.auth-file: (a file's content) -> (a file's content)");
        assertThatCode(() -> change.requireReloadable(FILE)).doesNotThrowAnyException();
    }

    @Test
    void whoMayDoWhatIsReloaded() throws Exception {
        ConfigChange change = ConfigChange.between(
                node(NODE),
                node(NODE.replace("[m1]", "[m1], allow: 10.0.0.0/8, refused-commands: flush_all, idle-timeout: 1s")));

        assertThat(change.toString())
                .contains("proxy.allow: [] -> [10.0.0.0/8]")
                .contains("proxy.refused-commands: ")
                .contains("proxy.idle-timeout: 0s -> 1s");
        assertThatCode(() -> change.requireReloadable(FILE)).doesNotThrowAnyException();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "name: a                | name: b                              | node.name",
                "name: a                | name: a, priority: 7                 | node.priority",
                "name: a                | name: a, warmup: false            | node.warmup",
                "bind: 10.0.0.11        | bind: 10.0.0.13                      | group.bind, admin.http",
                "[10.0.0.12]            | ['10.0.0.12:7900']                   | group.peers",
                "[10.0.0.12]            | [10.0.0.12], profile: fast           | group.profile",
                "[10.0.0.12]            | [10.0.0.12], mode: witness, witness: w | group.mode, group.witness",
                "[10.0.0.12]            | [10.0.0.12], tie-breaker: none, preempt: true | group.tie-breaker, group.preempt",
                "10.0.0.100/24          | 10.0.0.101/24                        | virtual-address.address, proxy.listen",
                "eth0                   | eth1                                 | virtual-address.interface",
                "[m1]                   | [m2], loops: 9, transport: nio       | proxy.loops, proxy.transport",
                "[m1]                   | [m2], latencies: false               | proxy.latencies",
                "[m1]                   | [m2], gather: auto                   | proxy.gather",
                "[m1]                   | [m2], listen: '10.0.0.100:1'         | proxy.listen",
            })
    void whatARunningNodeCannotFollowIsNamed(String old, String changed, String keys) throws Exception {
        ConfigChange change = ConfigChange.between(node(NODE), node(NODE.replace(old, changed)));

        assertThatThrownBy(() -> change.requireReloadable(FILE))
                .isInstanceOf(ConfigException.class)
                .hasMessage("a.yaml: needs a restart: " + keys
                        + " (nothing of the file was applied: undo these, or restart)");
    }

    @Test
    void aCheckThatAppearsNeedsARestart() throws Exception {
        ConfigChange change =
                ConfigChange.between(node(NODE), node(NODE + "checks: {name: x, command: /bin/true, fall: 3}\n"));

        assertThat(change.toString()).contains("checks.fall: [] -> [3]");
        assertThatThrownBy(() -> change.requireReloadable(FILE)).hasMessageContaining("checks.name, checks.command,");
    }

    @Test
    void anAdminSectionThatAppearsNeedsARestart() throws Exception {
        ConfigChange change = ConfigChange.between(
                proxy("proxy: {servers: [m1]}\n"), proxy("proxy: {servers: [m1]}\nadmin: {http: 127.0.0.1}\n"));

        assertThatThrownBy(() -> change.requireReloadable(FILE)).hasMessageContaining("admin.http, admin.control");
    }
}
