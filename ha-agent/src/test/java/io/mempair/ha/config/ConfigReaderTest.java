package io.mempair.ha.config;

import static org.assertj.core.api.Assertions.assertThat;

import io.mempair.proxy.config.ClientLimits;
import io.mempair.proxy.config.ClientNetwork;
import io.mempair.proxy.config.ClientPolicy;
import io.mempair.proxy.config.CommandSet;
import io.mempair.proxy.config.CopyPolicy;
import io.mempair.proxy.config.Distribution;
import io.mempair.proxy.config.FailedRead;
import io.mempair.proxy.config.HashFunction;
import io.mempair.proxy.config.KeyPart;
import io.mempair.proxy.config.ListenerConfig;
import io.mempair.proxy.config.Login;
import io.mempair.proxy.config.PlacementRule;
import io.mempair.proxy.config.PoolConfig;
import io.mempair.proxy.config.ProxyConfig;
import io.mempair.proxy.config.RebalancePolicy;
import io.mempair.proxy.config.ServerAddress;
import io.mempair.proxy.config.ServerLabel;
import io.mempair.proxy.config.ServerSecurity;
import io.mempair.proxy.config.ServerTimeouts;
import io.mempair.proxy.config.ServerTlsConfig;
import io.mempair.proxy.config.TransportChoice;
import io.mempair.proxy.config.UnixSocketConfig;
import io.mempair.proxy.config.Users;
import io.mempair.proxy.protocol.Command;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What a good file says reaches its records. */
@Timeout(20)
class ConfigReaderTest extends ConfigFiles {

    @Test
    void aMinimalFileIsFilledWithTheDefaults() throws Exception {
        NodeConfig node = ConfigReader.readNode(file(MINIMAL));

        assertThat(node.priority()).isEqualTo(100);
        assertThat(node.group())
                .isEqualTo(new GroupConfig(
                        "10.77.0.11", 7800, List.of(new ServerAddress("10.77.0.12", 7800)), Profile.DEFAULT));
        assertThat(node.virtualAddress().addresses()).hasToString("[10.77.0.100/24]");
        assertThat(node.proxy().listeners().tcp()).containsExactly(new ServerAddress("10.77.0.100", 11211));
        assertThat(node.proxy().pool().primaries()).containsExactly(new ServerAddress("10.77.0.21", 11211));
        assertThat(node.proxy().pool().timeouts()).isEqualTo(ServerTimeouts.DEFAULT);
        assertThat(node.proxy().pool().copies()).isEqualTo(CopyPolicy.DEFAULT);
        assertThat(node.proxy().limits()).isEqualTo(ClientLimits.DEFAULT);
        assertThat(node.admin())
                .isEqualTo(
                        new AdminConfig(new ServerAddress("10.77.0.11", 9411), Path.of("/run/mempair/control.sock")));
    }

    @Test
    void everyKeyReachesItsRecord() throws Exception {
        NodeConfig node = ConfigReader.readNode(file("""
                node: {name: n-1, priority: 254}
                group: {bind: 10.0.0.1, port: 7000, peers: ['10.0.0.2:7001'], profile: fast}
                virtual-address: {address: 'fd00::64/64', interface: bond0.7}
                proxy:
                  listen: ['[fd00::64]:12000', 12.0.0.1]
                  servers: [m1, 'm2:11212']
                  backups: m3
                  distribution: ketama
                  timeout: 250ms
                  connect-timeout: 100ms
                  probe-interval: 2s
                  retry-min: 10ms
                  retry-max: 1m
                  acknowledge: primary
                  hedge: false
                  journal-bytes: 64k
                  refill-rate: 5000
                  refill-for: 120m
                  refill-lifetime: 90s
                  last-copy-wait: 3s
                  rebalance: off
                  rebalance-rate: 7
                  rebalance-leaving: leave
                  rebalance-full: evict
                  rebalance-keep: 90s
                  max-clients: 51200
                  max-in-flight: 7
                  max-value: 2m
                  max-unread: 64k
                  max-buffered: 100m
                  loops: 3
                  gather: 120
                  transport: io_uring
                admin: {http: '127.0.0.1:1', control: /tmp/c.sock}
                """));

        var pool = node.proxy().pool();
        assertThat(node.group().profile()).isEqualTo(Profile.FAST);
        assertThat(node.group().peers()).containsExactly(new ServerAddress("10.0.0.2", 7001));
        assertThat(node.virtualAddress()).isEqualTo(new VirtualAddressConfig("fd00::64", 64, "bond0.7"));
        assertThat(node.proxy().listeners().tcp())
                .containsExactly(new ServerAddress("fd00::64", 12000), new ServerAddress("12.0.0.1", 11211));
        assertThat(pool.backups()).containsExactly(new ServerAddress("m3", 11211));
        assertThat(pool.rebalance()).isEqualTo(new RebalancePolicy(false, 7, false, true, Duration.ofSeconds(90)));
        assertThat(pool.placement().distribution()).isEqualTo(Distribution.MAGENT_KETAMA);
        assertThat(pool.timeouts())
                .isEqualTo(new ServerTimeouts(
                        Duration.ofMillis(100),
                        Duration.ofMillis(250),
                        Duration.ofSeconds(2),
                        Duration.ofMillis(10),
                        Duration.ofMinutes(1)));
        assertThat(pool.copies())
                .isEqualTo(new CopyPolicy(
                        CopyPolicy.Acknowledge.PRIMARY,
                        false,
                        64 << 10,
                        5_000,
                        Duration.ofHours(2),
                        Duration.ofSeconds(90),
                        Duration.ofSeconds(3)));
        assertThat(node.proxy().limits()).isEqualTo(new ClientLimits(51200, 7, 2 << 20, 64 << 10, 100 << 20));
        assertThat(node.proxy().loops()).isEqualTo(3);
        assertThat(node.proxy().gather()).isEqualTo(Duration.ofNanos(120_000));
        assertThat(node.proxy().transport()).isEqualTo(TransportChoice.IO_URING);
        assertThat(node.admin().control()).isEqualTo(Path.of("/tmp/c.sock"));
    }

    @Test
    void severalAddressesAreListenedOnUnlessTheFileSaysElse() throws Exception {
        NodeConfig node =
                ConfigReader.readNode(file(MINIMAL.replace("10.77.0.100/24", "[10.77.0.100/24, 'fd00::64/64']")));

        assertThat(node.virtualAddress().addresses()).hasToString("[10.77.0.100/24, fd00::64/64]");
        assertThat(node.proxy().listeners().tcp())
                .containsExactly(new ServerAddress("10.77.0.100", 11211), new ServerAddress("fd00::64", 11211));
        assertThat(node.hooks()).isEqualTo(HooksConfig.NONE);
    }

    @Test
    void everyHookReachesItsRecord() throws Exception {
        Path program = Files.writeString(folder.resolve("hook"), "#!/bin/sh\n");
        assertThat(program.toFile().setExecutable(true)).isTrue();

        NodeConfig node = ConfigReader.readNode(file(MINIMAL
                + "hooks: {claim: P, release: P, notify: P, fence: P, timeout: 6s, address: hooks}\n"
                        .replace("P", program.toString())));

        assertThat(node.hooks())
                .isEqualTo(new HooksConfig(
                        program, program, program, program, Duration.ofSeconds(6), HooksConfig.Holder.HOOKS));
        assertThat(node.hooks().claimLimit()).hasSeconds(12);
    }

    @Test
    void theWayKeysArePlacedReachesItsRule() throws Exception {
        PoolConfig pool = ConfigReader.readNode(
                        file(
                                MINIMAL.replace(
                                        "servers: [10.77.0.21]",
                                        "servers: ['m1:11211:3 a', 'm2:11211 b', m3], distribution: libketama, hash: fnv1a-64, hash-tag: '{}', hash-skip-prefix: app.")))
                .proxy()
                .pool();

        assertThat(pool.primaries()).extracting(ServerAddress::host).containsExactly("m1", "m2", "m3");
        assertThat(pool.placement())
                .isEqualTo(new PlacementRule(
                        Distribution.LIBKETAMA,
                        Optional.of(HashFunction.FNV1A_64),
                        new KeyPart("{}", "app."),
                        Map.of(
                                new ServerAddress("m1", 11211), new ServerLabel("a", 3),
                                new ServerAddress("m2", 11211), new ServerLabel("b", 1))));
    }

    @Test
    void aProxyAloneNeedsOnlyItsSection() throws Exception {
        ProxyFile proxy = ConfigReader.readProxy(file("proxy: {servers: m1}"));

        assertThat(proxy.admin()).isNull();
        assertThat(proxy.proxy().listeners().tcp()).containsExactly(new ServerAddress("0.0.0.0", 11211));
    }

    @Test
    void whoMayConnectAndAskForWhatReachesItsRecord() throws Exception {
        Path users = Files.writeString(folder.resolve("users"), "alice:secret\n");
        ProxyConfig proxy =
                ConfigReader.readProxy(file("""
                proxy:
                  servers: m1
                  listen: []
                  unix-socket: /run/m.sock
                  unix-socket-mode: 0660
                  allow: [10.0.0.0/8, '::1']
                  auth-file: %s
                  refused-commands: [flush_all, delete]
                  idle-timeout: 5m
                  failed-read: miss
                  server-tls: true
                  server-tls-verify-name: false
                  server-auth-file: %s
                """.formatted(users, users))).proxy();

        assertThat(proxy.listeners())
                .isEqualTo(new ListenerConfig(List.of(), new UnixSocketConfig(Path.of("/run/m.sock"), 0660), null))
                .hasToString("[unix:/run/m.sock]");
        assertThat(proxy.policy())
                .isEqualTo(new ClientPolicy(
                        Duration.ofMinutes(5),
                        CommandSet.of(List.of(Command.FLUSH_ALL, Command.DELETE)),
                        List.of(ClientNetwork.parse("10.0.0.0/8"), ClientNetwork.parse("::1")),
                        new Users(List.of(new Login("alice", "secret"))),
                        FailedRead.MISS));
        assertThat(proxy.pool().security())
                .isEqualTo(
                        new ServerSecurity(new ServerTlsConfig(List.of(), null, false), new Login("alice", "secret")));
    }
}
