package io.mempair.ha.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.mempair.ha.config.VirtualAddressConfig.ConflictPolicy;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What is wrong in a file is said with its place and what was expected. */
@Timeout(20)
class RefusedConfigTest extends ConfigFiles {

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            value = {
                "10.77.0.100/24 | 10.77.0.255/24 | '10.77.0.255/24' is the broadcast address",
                "10.77.0.100/24 | 10.77.0.0/24 | '10.77.0.0/24' is the address of the network itself",
                "10.77.0.100/24 | 'fd00::/64' | 'fd00::/64' is the address of all routers",
                "interface: eth0 | interface: lo | 'lo' is this host alone",
                "interface: eth0 | interface: '..' | virtual-address.interface: '..' (expected: a network interface",
                "interface: eth0 | interface: '-eth0' | virtual-address.interface: '-eth0' (expected: a network interface",
                "10.77.0.100/24 | 224.0.0.9/24 | '224.0.0.9/24' is a multicast address",
                "10.77.0.100/24 | 255.255.255.255/32 | '255.255.255.255/32' is the broadcast address",
                "10.77.0.100/24 | 127.0.0.5/8 | '127.0.0.5/8' is this host alone (expected: a free address of the clients' network)",
                "10.77.0.100/24 | '::ffff:10.77.0.101/120' | '::ffff:10.77.0.101/120' is an IPv4 address in the form of IPv6, which no interface has (expected: 10.77.0.101/24)",
                "10.77.0.100/24 | 'fe80::1%eth0/64' | 'fe80::1%eth0/64' (expected: address/prefix-length, as in 10.0.0.100/24; without a scope)",
                "10.77.0.100/24 | '10.77.0.100/24 ' | '10.77.0.100/24 ' (expected: address/prefix-length, as in 10.0.0.100/24; at most /32)",
                "10.77.0.100/24 | ['2001:db8::100/64', '2001:DB8:0::100/64'] | (expected: each address once)",
                "peers: 10.77.0.12 | peers: 0.0.0.0 | group.peers: 0.0.0.0 is every address (expected: the own address of another host)",
                "peers: 10.77.0.12 | peers: 255.255.255.255 | group.peers: 255.255.255.255 is the broadcast address",
                "peers: 10.77.0.12 | peers: 127.0.0.1 | group.peers: 127.0.0.1 is this node's own host",
                "peers: 10.77.0.12 | peers: [10.77.0.12, 10.77.0.13] | group.peers: 2 addresses (expected: one, the other node's; a witness is group.witness)",
                "peers: 10.77.0.12 | peers: 10.77.0.12, tie-breaker: 127.0.0.1 | group.tie-breaker: 127.0.0.1 is this node's own host",
                "peers: 10.77.0.12 | peers: 10.77.0.12, tie-breaker: 'localhost:22' | group.tie-breaker: localhost is this node's own host",
                "peers: 10.77.0.12 | peers: 10.77.0.12, tie-breaker: ['::ffff:10.77.0.11'] | group.tie-breaker: ::ffff:10.77.0.11 is this node's own host",
                "peers: 10.77.0.12 | peers: 10.77.0.12, tie-breaker: '10.77.0.12:22' | group.tie-breaker: 10.77.0.12 is the other node's host",
                "peers: 10.77.0.12 | peers: 10.77.0.12, tie-breaker: 0.0.0.0 | group.tie-breaker: 0.0.0.0 is every address",
                "peers: 10.77.0.12 | peers: 10.77.0.12, port: 0 | group.port: 0 (expected: 1..65535)",
                "peers: 10.77.0.12 | peers: 10.77.0.12, port: 70000 | group.port: 70000 (expected: 1..65535)",
                "peers: 10.77.0.12 | peers: 10.77.0.12, port: 9411 | group.port: 10.77.0.11:9411 has the port of admin.http, 10.77.0.11:9411 by default",
                "bind: 10.77.0.11 | bind: 'fe80::1%eth0' | group.bind: 'fe80::1%eth0' has a scope (expected: an address of this host without one",
                "bind: 10.77.0.11 | bind: 224.0.0.1 | group.bind: '224.0.0.1' is a multicast address",
                "peers: 10.77.0.12 | peers: 10.77.0.100 | group.peers: 10.77.0.100 is the virtual address too, see virtual-address.address, which moves from host to host (expected: the other node's own address)",
                "peers: 10.77.0.12 | peers: 10.77.0.12, mode: witness, witness: 10.77.0.100 | group.witness: 10.77.0.100 is the virtual address too, see virtual-address.address",
                "peers: 10.77.0.12 | peers: 10.77.0.12, tie-breaker: 10.77.0.100 | group.tie-breaker: 10.77.0.100 is the virtual address too, see virtual-address.address",
                "peers: 10.77.0.12 | peers: 10.77.0.12, tie-breaker: '10.77.0.100:80' | group.tie-breaker: 10.77.0.100 is the virtual address too",
                "bind: 10.77.0.11 | bind: 10.77.0.100 | group.bind: 10.77.0.100 is the virtual address too, see virtual-address.address, which moves from host to host (expected: an address that this host always has",
                "[10.77.0.21] | [10.77.0.21, 10.77.0.100] | 10.77.0.100:11211 is the virtual address, see virtual-address.address, so this proxy itself",
                "[10.77.0.21] | [10.77.0.21], backups: [10.77.0.100:11212] | proxy.backups: 10.77.0.100:11212 is the virtual",
                "bind: 10.77.0.11 | bind: 0.0.0.0 | group.bind: '0.0.0.0' is every address",
                "bind: 10.77.0.11 | bind: '::' | group.bind: '::' is every address",
                "interface: eth0 | interface: eth0, conflict: never | 'never' (expected: refuse or warn)"
            })
    void anAddressThatCannotServeIsRefusedByItsKey(String written, String instead, String message) throws IOException {
        assertThat(MINIMAL).contains(written);

        assertThatThrownBy(() -> ConfigReader.readNode(file(MINIMAL.replace(written, instead))))
                .hasMessageContaining(message);
    }

    @Test
    void aConflictIsRefusedUnlessTheFileSaysWarn() throws Exception {
        assertThat(ConfigReader.readNode(file(MINIMAL)).virtualAddress().conflict())
                .isEqualTo(ConflictPolicy.REFUSE);
        assertThat(ConfigReader.readNode(file(MINIMAL.replace("interface: eth0", "interface: eth0, conflict: warn")))
                        .virtualAddress()
                        .conflict())
                .isEqualTo(ConflictPolicy.WARN);
    }

    @Test
    void anAddressTwiceIsRefused() throws IOException {
        Path path = file(MINIMAL.replace("10.77.0.100/24", "[10.77.0.100/24, 10.77.0.100/32]"));

        assertThatThrownBy(() -> ConfigReader.readNode(path))
                .hasMessageContaining("virtual-address.address: ")
                .hasMessageContaining("(expected: each address once)");
    }

    @Test
    void aHookThatCannotRunIsNamed() throws IOException {
        Path plain = Files.writeString(folder.resolve("plain"), "");
        Path path = file(MINIMAL + "hooks: {claim: /nowhere/hook, notify: mail, fence: " + plain + ", timeout: 2m}\n");

        assertThatThrownBy(() -> ConfigReader.readNode(path))
                .hasMessageContaining("hooks.claim: '/nowhere/hook' is not there (expected: a program)")
                .hasMessageContaining("hooks.notify: 'mail' (expected: an absolute path of a program)")
                .hasMessageContaining(
                        "hooks.fence: '" + plain + "' cannot be run (expected: a program: chmod +x " + plain)
                .hasMessageContaining("hooks.timeout: 2m (expected: 10ms..60s)");
    }

    @Test
    void hooksThatHoldTheAddressAreClaimAndReleaseBoth() throws IOException {
        Path path = file(MINIMAL + "hooks: {address: hooks}\n");

        assertThatThrownBy(() -> ConfigReader.readNode(path))
                .hasMessageContaining("hooks.address: hooks (expected: only with both hooks.claim and hooks.release)");
    }

    @Test
    void everythingWrongIsSaidAtOnceWithItsPlace() throws IOException {
        Path path = file("""
                node: {name: 'a b', priority: 300}
                group:
                  bind: 10.77.0.100
                  pears: [10.77.0.12]
                  profile: slow
                virtual-address: {address: 10.77.0.100, interface: eth0}
                proxy:
                  servers: []
                  timeout: 5 hours
                  timeout: 1s
                  max-clients: 0
                  max-value: {a: 1}
                  loops:
                """);

        var refused = catchThrowableOfType(ConfigException.class, () -> ConfigReader.readNode(path));

        assertThat(refused.problems())
                .containsExactly(
                        path + ":1:14: node.name: 'a b' (expected: letters, digits, . _ -; at most 63)",
                        path + ":1:31: node.priority: 300 (expected: 1..254)",
                        path + ":4:3: group.pears: unknown key (did you mean 'peers'?)",
                        path + ":5:12: group.profile: 'slow' (expected: default or fast)",
                        path + ":6:28: virtual-address.address: '10.77.0.100' (expected: address/prefix-length, as in"
                                + " 10.0.0.100/24; at most /32)",
                        path + ":8:12: proxy.servers: empty (expected: at least one)",
                        path + ":9:12: proxy.timeout: '5 hours' (expected: a duration such as 500ms, 1s or 2m)",
                        path + ":10:3: proxy.timeout: a second time (expected: each key once)",
                        path + ":11:16: proxy.max-clients: 0 (expected: 1..1000000)",
                        path + ":12:14: proxy.max-value: a mapping (expected: one value)",
                        path + ":13:9: proxy.loops: empty (expected: a value)");
    }

    /** What is inside is read as it was meant, and nothing is called missing that is there under another name. */
    @Test
    void aMisspeltKeyIsOneProblem() throws IOException {
        Path path = file("""
                Node: {name: a}
                group: {bind: 10.77.0.11, peer: [10.77.0.12]}
                virtual-adress: {address: 10.77.0.100/24, interface: eth0}
                proxi:
                  server: [10.77.0.21]
                  timeout: 5
                """);

        var refused = catchThrowableOfType(ConfigException.class, () -> ConfigReader.readNode(path));

        assertThat(refused.problems())
                .containsExactly(
                        path + ":1:1: Node: unknown key (did you mean 'node'?)",
                        path + ":2:27: group.peer: unknown key (did you mean 'peers'?)",
                        path + ":3:1: virtual-adress: unknown key (did you mean 'virtual-address'?)",
                        path + ":4:1: proxi: unknown key (did you mean 'proxy'?)",
                        path + ":5:3: proxy.server: unknown key (did you mean 'servers'?)",
                        path + ":6:12: proxy.timeout: '5' (expected: a duration such as 500ms, 1s or 2m)");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "node: {name: 'a b'}           | node.name: 'a b' (expected: letters",
                "node: {name: a, priority: 0}  | node.priority: 0 (expected: 1..254)",
                "node: {name: a, priority: x}  | node.priority: 'x' (expected: a whole number)",
                "node: a                       | node: 'a' (expected: a mapping with the keys name, priority, warmup)",
                "nod: {name: a}                | nod: unknown key (did you mean 'node'?)",
            })
    void aBadNodeSectionIsRefused(String line, String message) throws IOException {
        Path path = file(MINIMAL.replace("node: {name: a}", line));

        assertThat(refusal(path)).contains(message);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "servers: [m1, m1]                          | proxy.servers: m1:11211 twice",
                "servers: [m1, m2], backups: [m1, m2]       | proxy.backups: m1:11211 is in servers too, and would",
                "servers: [m1, m2], backups: [m2, m1], distribution: ketama | proxy.backups: m1:11211 is in servers too",
                "servers: [11211]                           | proxy.servers: '11211' (expected: host, host:port",
                "servers: ['m1:0']                          | proxy.servers: 'm1:0' (expected: host, host:port",
                "servers: '10.77.0.21,10.77.0.22'           | proxy.servers: '10.77.0.21,10.77.0.22' (expected: host, host:port or [ipv6]:port; several are a list: [10.77.0.21, 10.77.0.22])",
                "servers: 10.77.0.300                       | proxy.servers: '10.77.0.300' (expected: host, host:port or [ipv6]:port; an IPv4 address is four",
                "servers: [m1], backups: ['m2:11211:5']     | proxy.servers: m2:11211 has weight 5 (expected: none, modulo has no weights)",
                "servers: ['m1:1:2', 'm2:1:3'], backups: ['m2:1:4'], distribution: modula | proxy.servers: m2:1 with two names or weights",
                "servers: ['m1:1 a', 'm2:1 a'], distribution: libketama | proxy.servers: the name a twice",
                "servers: [m1, m2], distribution: consistent | proxy.distribution: 'consistent' (expected: one of modulo, magent-ketama, modula,",
                "servers: [m1, m2], hash: md5               | proxy.hash: md5 (expected: none, modulo has its own)",
                "servers: [m1, m2], distribution: modula, hash: sha1 | proxy.hash: 'sha1' (expected: one of one-at-a-time, md5,",
                "servers: [m1, m2], hash-tag: '{'           | proxy.hash-tag: '{' (expected: two characters as in {}",
                "servers: [m1, m2], hash-skip-prefix: 'a b' | proxy.hash-skip-prefix: 'a b' (expected: characters",
                "servers: ['::1:21001']                     | proxy.servers: '::1:21001' (expected: host, host:port or [ipv6]:port; an IPv6 address with a port",
                "servers: /run/m.sock                       | proxy.servers: '/run/m.sock' (expected: host, host:port or [ipv6]:port; unix sockets",
                "servers: [m1], retry-min: 5s               | proxy.retry-max: 2s (expected: at least retry-min)",
                "servers: [m1], max-buffered: 1m, max-value: 2m | proxy.max-buffered: 1m is less than max-value 2m (expected: at least 2m; raise max-buffered,",
                "servers: [m1], max-value: 2g               | proxy.max-value: 2g (expected: auto, or 1 to 1g)",
                "servers: [m1], max-buffered: 1k            | proxy.max-buffered: 1k (expected: at least 1m)",
                "servers: [m1], max-unread: 1k              | proxy.max-unread: 1k (expected: at least 64k)",
                "servers: [m1], max-unread: 999999999999g   | proxy.max-unread: '999999999999g' (expected: at most 1024g)",
                "servers: [m1], max-clients: 99999999999    | proxy.max-clients: '99999999999' (expected: a smaller",
                "servers: [m1], hedge: true                 | proxy.hedge: does nothing alone (expected: together with backups)",
                "servers: [m1], refill-rate: 5              | proxy.refill-rate: does nothing alone (expected: together",
                "servers: [m1], acknowledge: all            | proxy.acknowledge: does nothing alone (expected: together",
                "servers: [m1], journal-bytes: 1m           | proxy.journal-bytes: does nothing alone (expected: together",
                "servers: [m1], rebalance-rate: 5           | proxy.rebalance-rate: does nothing alone (expected: together",
                "servers: [0.0.0.0]                         | proxy.servers: 0.0.0.0:11211 is every address (expected: a mem",
                "servers: [m1], backups: [255.255.255.255]  | proxy.backups: 255.255.255.255:11211 is the broadcast",
                "servers: ['ff02::1']                       | proxy.servers: [ff02::1]:11211 is a multicast address",
                "servers: ['2001:db8::1', '[2001:DB8:0::1]:11211'] | proxy.servers: [2001:DB8:0::1]:11211 twice, also as [2001:db8::1]:11211 (expected: each once)",
                "servers: [Cache, cache]                    | proxy.servers: cache:11211 twice, also as Cache:11211",
                "servers: [10.0.0.1, '::ffff:10.0.0.1']     | proxy.servers: [::ffff:10.0.0.1]:11211 twice, also as",
                "servers: [m1], listen: [a, A]              | proxy.listen: A:11211 twice (expected: each once)",
                "servers: [m1], listen: 224.0.0.1           | proxy.listen: 224.0.0.1:11211 is a multicast address",
                "servers: [m1], listen: '10.77.0.11:7800'   | proxy.listen: 10.77.0.11:7800 has the port of group.port, 10.77.0.11:7800 by default (expected: a port of its own)",
                "servers: [m1], listen: '0.0.0.0:9411'      | proxy.listen: 0.0.0.0:9411 has the port of admin.http, 10.77.0.11:9411 by default",
                "servers: [m1], listen: '[::]:9411'         | proxy.listen: [::]:9411 has the port of admin.http",
                "servers: [m1], unix-socket: /run/mempair/control.sock | proxy.unix-socket: '/run/mempair/control.sock' is the socket of admin.control too (expected: a path of its own)",
                "servers: ['10.77.0.11:11211'], listen: 0.0.0.0 | proxy.servers: 10.77.0.11:11211 is this proxy itself, which listens on 0.0.0.0:11211",
                "servers: [localhost], listen: '[::]:11211' | proxy.servers: localhost:11211 is this proxy itself",
                "servers: [m1], acknowledge: both           | proxy.acknowledge: 'both' (expected: all or primary)",
                "servers: [m1], hedge: 1                    | proxy.hedge: '1' (expected: true or false)",
                "servers: [m1], acknowledge: primary, hedge: true | :4:53: proxy.hedge: true with acknowledge: primary (",
                "servers: [m1], journal-bytes: 1023         | proxy.journal-bytes: 1023 (expected: 1k to 1g)",
                "servers: [m1], journal-bytes: 4g           | proxy.journal-bytes: 4g (expected: 1k to 1g)",
                "servers: [m1], refill-rate: -1             | proxy.refill-rate: -1 (expected: 0 to 1000000)",
                "servers: [m1], refill-rate: fast           | proxy.refill-rate: 'fast' (expected: a whole number)",
                "servers: [m1], refill-for: 999ms           | proxy.refill-for: 999ms (expected: 1 second to 30",
                "servers: [m1], refill-lifetime: 43201m     | proxy.refill-lifetime: 43201m (expected: 1 second to",
                "servers: [m1], rebalance: maybe            | proxy.rebalance: 'maybe' (expected: copy or off)",
                "servers: [m1], rebalance-rate: 0           | proxy.rebalance-rate: 0 (expected: 1 to 1000000 keys",
                "servers: [m1], rebalance-leaving: keep     | proxy.rebalance-leaving: 'keep' (expected: flush or leave)",
                "servers: [m1], rebalance-full: drop        | proxy.rebalance-full: 'drop' (expected: evict or refuse)",
                "servers: [m1], rebalance-keep: 1441m       | proxy.rebalance-keep: 1441m (expected: 0s to 1440m)",
                "servers: [m1], failed-read: never          | proxy.failed-read: 'never' (expected: error or miss)",
                "servers: [m1], transport: kqueue           | proxy.transport: 'kqueue' (expected: auto, io_uring,",
                "servers: [m1], loops: 65                   | proxy.loops: 65 (expected: 1..64)",
                "servers: [m1], gather: 201                 | proxy.gather: 201 (expected: auto, off, or microseconds",
                "servers: [m1], gather: 0                   | proxy.gather: 0 (expected: auto, off, or microseconds",
                "servers: [m1], gather: 1ms                 | proxy.gather: 1ms (expected: auto, off, or microseconds",
                "servers: [m1], timeout: 11m                | proxy.timeout: 11m (expected: over 0, at most",
                "servers: [m1], backups: [[m2]]             | proxy.backups: a list (expected: one value)",
                "servers: [m1], listen: []                  | proxy.listen: empty (expected: at least one host:port, or",
                "servers: [m1], listen: [a], tls-listen: [a] | proxy.tls-certificate: missing (expected: a PEM file)",
                "servers: [m1], tls-key: /k                 | proxy.tls-key: does nothing alone (expected: together",
                "servers: [m1], unix-socket: m.sock         | proxy.unix-socket: 'm.sock' (expected: an absolute path",
                "servers: [m1], unix-socket: /              | proxy.unix-socket: '/' (expected: an absolute path of at",
                "servers: [m1], unix-socket-mode: 0700      | proxy.unix-socket-mode: does nothing alone (expected:",
                "servers: [m1], unix-socket: /s, unix-socket-mode: 0788 | proxy.unix-socket-mode: '0788' (expected: per",
                "servers: [m1], allow: 10.0.0.1/8           | proxy.allow: '10.0.0.1/8' (expected: 10.0.0.0/8, or",
                "servers: [m1], allow: []                   | proxy.allow: empty (expected: at least one network;",
                "servers: [m1], refused-commands: flush     | proxy.refused-commands: 'flush' (expected: a memcached",
                "servers: [m1], refused-commands: quit      | proxy.refused-commands: quit (expected: commands that do",
                "servers: [m1], idle-timeout: 1ms           | proxy.idle-timeout: 1ms (expected: 100ms to 1440m)",
                "servers: [m1], auth-file: /nowhere         | proxy.auth-file: /nowhere is not there (expected: a file",
                "servers: [m1], server-auth-file: users     | proxy.server-auth-file: 'users' (expected: an absolute",
                "servers: [m1], server-tls: yes             | proxy.server-tls: 'yes' (expected: true or false)",
                "servers: [m1], server-tls-ca: /ca          | proxy.server-tls-ca: does nothing alone (expected:",
                "servers: [m1], server-tls: true, server-tls-ca: /nowhere | proxy.server-tls-ca: /nowhere is not there",
                "servers: [m1], server-tls: true, server-tls-key: /k | proxy.server-tls-certificate: missing (expected:",
            })
    void aBadProxySectionIsRefused(String keys, String message) throws IOException {
        Path path = file(MINIMAL.replace("{servers: [10.77.0.21]}", '{' + keys + '}'));

        assertThat(refusal(path)).contains(message);
    }

    @Test
    void aNodeThatIsItsOwnPeerIsRefused() throws IOException {
        Path path = file(MINIMAL.replace("peers: 10.77.0.12", "peers: 10.77.0.11"));

        assertThat(refusal(path)).contains("group.peers: 10.77.0.11 is this node itself");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "node: [", "a: b: c", "node: {name: *x}", "- a", "\u0000"})
    void whatIsNoMappingOfSectionsIsRefusedWithThePlace(String text) throws IOException {
        Path path = file(text);

        assertThat(refusal(path)).startsWith(path + ":1:");
    }

    /** What its keys lack nobody can know. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "[a, b] | 1:1: a list (expected: a mapping with the keys node, group, ",
                "just words | 1:1: 'just words' (expected: a mapping with the keys node, group, ",
                "null | 1:1: empty (expected: a mapping with the keys node, group, ",
            })
    void aFileThatIsNoMappingIsOneMessage(String text, String message) throws IOException {
        Path path = file(text);

        assertThat(refusal(path)).startsWith(path + ":" + message).doesNotContain("\n");
    }

    @Test
    void aSectionThatIsNoMappingIsOneMessage() throws IOException {
        Path path = file("node: a\ngroup:\nvirtual-address: [x]\nproxy: 5\n");

        assertThat(refusal(path).lines())
                .hasSize(4)
                .anySatisfy(line -> assertThat(line).contains(":1:7: node: 'a' (expected: a mapping with the keys "))
                .anySatisfy(line -> assertThat(line).contains(":2:7: group: empty (expected: a mapping with "))
                .anySatisfy(line -> assertThat(line).contains(":3:18: virtual-address: a list (expected: a mapping "))
                .anySatisfy(line -> assertThat(line).contains(":4:8: proxy: '5' (expected: a mapping with at least "));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "http: off                 | admin.http: 'off' (expected: host:port; it cannot be switched off: for this",
                "http: none                | admin.http: 'none' (expected: host:port; it cannot be switched off: for this",
                "http: 224.0.0.1           | admin.http: 224.0.0.1:9411 is a multicast address (expected: an address of",
                "http: '10.77.0.11:7800'   | admin.http: 10.77.0.11:7800 has the port of group.port, 10.77.0.11:7800 by",
                "http: '0.0.0.0:7800'      | admin.http: 0.0.0.0:7800 has the port of group.port",
                "http: '10.77.0.100:11211' | admin.http: 10.77.0.100:11211 has the port of proxy.listen, 10.77.0.100:11211 by",
                "control: \"/a\\0b\"      | (expected: an absolute path of at most 90 bytes)",
            })
    void anAdminFaceThatCannotBeOpenedIsRefused(String key, String message) throws IOException {
        assertThat(refusal(file(MINIMAL + "admin: {" + key + "}\n"))).contains(message);
    }

    /** Several members on one host, to try them. */
    @Test
    void aLabOnTheLoopbackAddressesIsTaken() throws Exception {
        Path path = file(MINIMAL.replace("bind: 10.77.0.11", "bind: 127.0.0.1, port: 7801")
                .replace("peers: 10.77.0.12", "peers: '127.0.0.1:7802', tie-breaker: '127.0.0.1:22'")
                .replace("[10.77.0.21]", "['127.0.0.1:11311', 'localhost:11312']"));

        assertThat(ConfigReader.readNode(path).group().peers()).hasToString("[127.0.0.1:7802]");
    }

    @Test
    void aTimeOfHooksWithoutAHookIsRefused() throws IOException {
        assertThat(refusal(file(MINIMAL + "hooks: {timeout: 1s}\n")))
                .contains(
                        "hooks.timeout: does nothing alone (expected: together with claim, release, notify or fence)");
    }

    /** Only the sections proxy, admin and log are a proxy's. */
    @Test
    void aProxyAloneIsNotConcernedWithTheSectionsOfANode() throws Exception {
        Path path = file("node: {nam: a}\ngroup: {pears: 1}\nproxy: {servers: [m1]}\n");

        assertThat(ConfigReader.readProxy(path).proxy().pool().primaries()).hasToString("[m1:11211]");
    }

    @Test
    void aMissingFileIsSaidPlainly() {
        Path path = folder.resolve("none.yaml");

        assertThat(refusal(path)).isEqualTo(path + ":1:1: is not there (expected: a file that this user can read)");
    }
}
