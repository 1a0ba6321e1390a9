package io.mempair.ha.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.mempair.ha.config.AdminConfig;
import io.mempair.ha.config.GroupConfig;
import io.mempair.ha.config.NodeConfig;
import io.mempair.ha.config.Profile;
import io.mempair.ha.config.VirtualAddressConfig;
import io.mempair.ha.election.Role;
import io.mempair.ha.group.GroupChannel;
import io.mempair.ha.time.SystemClock;
import io.mempair.proxy.config.ClientLimits;
import io.mempair.proxy.config.Distribution;
import io.mempair.proxy.config.PoolConfig;
import io.mempair.proxy.config.ProxyConfig;
import io.mempair.proxy.config.ServerAddress;
import io.mempair.proxy.config.ServerTimeouts;
import io.mempair.proxy.config.TransportChoice;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Two nodes over real JGroups on the loopback; the proxy and the address are in memory. */
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class PairNodeTest {

    private static final Duration SOON = Duration.ofSeconds(10);

    private final FakeAddress.Segment segment = new FakeAddress.Segment();
    private TestNode a;
    private TestNode b;

    /** A node and what is behind it. */
    private static final class TestNode {
        final FakeProxy proxy = new FakeProxy();
        final FakeAddress address;
        final PairNode node;
        volatile List<String> problems = List.of();

        TestNode(String name, int priority, int port, int peerPort, FakeAddress.Segment segment) {
            address = new FakeAddress(segment);
            SystemClock clock = new SystemClock();
            NodeConfig config = config(name, priority, port, peerPort);
            node = new PairNode(
                    config,
                    proxy,
                    new NodeParts(address, new GroupChannel(config.group(), name, clock), () -> problems, clock));
        }

        Role role() {
            return node.status().role();
        }
    }

    private static NodeConfig config(String name, int priority, int port, int peerPort) {
        ServerAddress memcached = new ServerAddress("127.0.0.1", 11_211);
        return new NodeConfig(
                name,
                priority,
                new GroupConfig("127.0.0.1", port, List.of(new ServerAddress("127.0.0.1", peerPort)), Profile.DEFAULT),
                new VirtualAddressConfig("10.0.0.100", 24, "eth0"),
                new ProxyConfig(
                        List.of(memcached),
                        new PoolConfig(List.of(memcached), List.of(), Distribution.MODULO, ServerTimeouts.DEFAULT),
                        ClientLimits.DEFAULT,
                        1,
                        TransportChoice.NIO),
                new AdminConfig(new ServerAddress("127.0.0.1", 9_411), Path.of("unused.sock")));
    }

    /** A port that is free, and so is the one the failure detector takes. */
    private static int freePort() throws IOException {
        for (int attempt = 0; attempt < 50; attempt++) {
            try (ServerSocket first = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
                int port = first.getLocalPort();
                if (port > 65_000) {
                    continue;
                }
                try (ServerSocket second = new ServerSocket(
                        port + GroupConfig.FAILURE_DETECTION_OFFSET, 1, InetAddress.getLoopbackAddress())) {
                    assertThat(second.isBound()).isTrue();
                    return port;
                } catch (IOException e) {
                    // taken: try another pair
                }
            }
        }
        throw new IOException("no two free ports 100 apart");
    }

    @BeforeEach
    void makeNodes() throws IOException {
        int portOfA = freePort();
        int portOfB = freePort();
        a = new TestNode("a", 200, portOfA, portOfB, segment);
        b = new TestNode("b", 100, portOfB, portOfA, segment);
    }

    @AfterEach
    void stopNodes() {
        var first = a.node.stop().toCompletableFuture();
        var second = b.node.stop().toCompletableFuture();
        assertThat(first).succeedsWithin(Duration.ofSeconds(5));
        assertThat(second).succeedsWithin(Duration.ofSeconds(5));
        assertThat(segment.twice).as("two nodes had the address at once").isFalse();
        assertThat(segment.holders).hasValue(0);
    }

    private void startBoth() {
        a.node.start();
        b.node.start();
        await().atMost(SOON).until(() -> a.node.status().serves());
        await().atMost(SOON)
                .until(() ->
                        b.role() == Role.STANDBY && "a".equals(b.node.status().activeNode()));
    }

    @Test
    void ofTwoNodesTheHigherPriorityBecomesActive() {
        startBoth();

        assertThat(a.proxy.open).isTrue();
        assertThat(b.proxy.open).isFalse();
        assertThat(a.node.status().peers()).singleElement().satisfies(peer -> {
            assertThat(peer.name()).isEqualTo("b");
            assertThat(peer.alive()).isTrue();
        });
    }

    @Test
    void aNodeWithoutAPeerServesAloneAfterAWhile() {
        b.node.start();

        await().atMost(SOON).until(() -> b.node.status().serves());
        assertThat(b.proxy.calls).containsExactly("start", "open");
    }

    @Test
    void aStoppedActiveNodeHandsOverInOrder() {
        startBoth();

        assertThat(a.node.stop().toCompletableFuture()).succeedsWithin(Duration.ofSeconds(5));

        await().atMost(Duration.ofMillis(600)).until(() -> b.node.status().serves());
        assertThat(b.node.status().epoch()).isEqualTo(2);
        assertThat(a.proxy.calls).containsExactly("start", "open", "drain 200", "dropClients");
        assertThat(a.proxy.closed).isTrue();
    }

    @Test
    void aSwitchoverSaysWhoIsActiveNow() throws Exception {
        startBoth();

        String line = a.node.switchover().toCompletableFuture().get(5, TimeUnit.SECONDS);

        assertThat(line).startsWith("b is active, epoch 2, after ");
        assertThat(b.node.status().serves()).isTrue();
        assertThat(a.role()).isEqualTo(Role.STANDBY);
    }

    @Test
    void aStandbyRefusesASwitchoverAndSaysWhy() {
        startBoth();

        assertThatThrownBy(() -> b.node.switchover().toCompletableFuture().get(5, TimeUnit.SECONDS))
                .isInstanceOf(ExecutionException.class)
                .cause()
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("this node is not active");
    }

    @Test
    void aSwitchoverComesBackWhenThePeerCannotClaim() {
        startBoth();
        b.address.refusal = "RTNETLINK answers: Operation not permitted";

        assertThatThrownBy(() -> a.node.switchover().toCompletableFuture().get(8, TimeUnit.SECONDS))
                .cause()
                .hasMessageContaining("did not take over");
        assertThat(a.node.status().serves()).isTrue();
        assertThat(b.role()).isEqualTo(Role.FAULT);
        assertThat(b.node.status().reason()).contains("not permitted");
    }

    @Test
    void aNodeWhosePortIsTakenLeavesTheAddressToThePeer() {
        a.proxy.portInUse = true;
        a.node.start();
        b.node.start();

        await().atMost(SOON).until(() -> b.node.status().serves());
        assertThat(a.role()).isEqualTo(Role.FAULT);
        assertThat(a.node.status().reason()).contains("already in use");
    }

    @Test
    void anUnfitNodeStaysInFaultAndSaysWhy() {
        a.problems = List.of("arping not found: apt install iputils-arping");
        a.node.start();
        b.node.start();

        await().atMost(SOON).until(() -> b.node.status().serves());
        assertThat(a.role()).isEqualTo(Role.FAULT);
        assertThat(a.node.status().reason()).isEqualTo("arping not found: apt install iputils-arping");
    }

    @Test
    void theMetersAreThere() {
        PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
        a.node.bindTo(registry);
        startBoth();

        assertThat(registry.scrape())
                .contains("mempair_role 2.0", "mempair_epoch 1.0", "mempair_holds_address 1.0")
                .contains("mempair_transitions_total{reason=\"nobody_active\"} 1.0")
                .contains("mempair_lease_remaining_seconds", "mempair_peer_heard_seconds");
    }

    @Test
    void aNodeThatWasNeverStartedStops() {
        assertThat(a.node.stop().toCompletableFuture()).succeedsWithin(Duration.ofSeconds(5));
    }
}
