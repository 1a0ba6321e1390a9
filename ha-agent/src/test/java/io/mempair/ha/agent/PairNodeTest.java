package io.mempair.ha.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.mempair.ha.check.Checks;
import io.mempair.ha.election.Role;
import io.mempair.ha.lab.FreePorts;
import io.mempair.proxy.config.PoolConfig;
import io.mempair.proxy.config.ServerAddress;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Two nodes over real JGroups on the loopback; the proxy and the address are in memory. */
@Timeout(value = 120, unit = TimeUnit.SECONDS)
@Tag("timed")
class PairNodeTest {

    private static final Duration SOON = Duration.ofSeconds(30);

    private final FakeAddress.Segment segment = new FakeAddress.Segment();
    private TestNode a;
    private TestNode b;

    @BeforeEach
    void makeNodes() throws IOException {
        int portOfA = FreePorts.next();
        int portOfB = FreePorts.next();
        a = new TestNode("a", 200, portOfA, portOfB, segment);
        b = new TestNode("b", 100, portOfB, portOfA, segment);
    }

    @AfterEach
    void stopNodes() {
        var first = a.node.stop().toCompletableFuture();
        var second = b.node.stop().toCompletableFuture();
        assertThat(first).succeedsWithin(SOON);
        assertThat(second).succeedsWithin(SOON);
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
        await().atMost(SOON).until(() -> isKnownToServe(b.node.status()));
        assertThat(b.node.status().summary().configuration())
                .as("both are configured alike")
                .isEqualTo(a.node.status().summary().configuration())
                .isNotZero();
    }

    private List<String> history(TestNode of) {
        return of.node.history().stream()
                .filter(record -> record.to().equals("active"))
                .map(record -> record.node() + ' ' + record.epoch() + ' ' + record.cause())
                .toList();
    }

    private static boolean isKnownToServe(NodeStatus ofStandby) {
        return ofStandby.peers().stream()
                .map(NodeStatus.PeerStatus::summary)
                .anyMatch(told -> told != null && told.open() && told.holdsAddress());
    }

    @Test
    void aNodeWithoutAPeerServesAloneAfterAWhile() {
        b.node.start();

        await().atMost(SOON).until(() -> b.node.status().serves());
        List<String> calls = List.copyOf(b.proxy.calls);
        assertThat(calls).startsWith("start", "open");
        NodeStatus after = b.node.status();
        if (after.serves() && after.epoch() == 1) { // else the machine stood still for longer than a lease lasts
            assertThat(calls).hasSize(2);
        }
    }

    @Test
    void aStoppedActiveNodeHandsOverInOrder() {
        startBoth();

        assertThat(a.node.stop().toCompletableFuture()).succeedsWithin(SOON);

        await().atMost(SOON).until(() -> b.node.status().serves());
        assertThat(b.node.status().reason()).as("not found out by silence").isIn("a resigned", "a stopped");
        assertThat(history(b)).last().asString().startsWith("b 2 peer_");
        assertThat(b.node.history())
                .last()
                .satisfies(record ->
                        assertThat(record.gapMillis()).as("nobody served").isBetween(0L, 2_000L));
        assertThat(history(b)).first().asString().as("what a told of itself").startsWith("a 1 ");
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
    void aStandbyAsksForTheAddressAndGetsIt() throws Exception {
        startBoth();

        String line = b.node.switchoverToThis().toCompletableFuture().get(10, TimeUnit.SECONDS);

        assertThat(line).isEqualTo("b is active");
        assertThat(b.role()).isEqualTo(Role.ACTIVE);
        assertThat(history(b)).last().asString().startsWith("b 2 ");
        await().atMost(SOON).until(() -> a.role() == Role.STANDBY);
        assertThatThrownBy(() -> b.node.switchoverToThis().toCompletableFuture().get(10, TimeUnit.SECONDS))
                .hasMessageContaining("b is the active node already");
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
        a.checks.problems = List.of("arping not found: apt install iputils-arping");
        a.node.start();
        b.node.start();

        await().atMost(SOON).until(() -> b.node.status().serves());
        assertThat(a.role()).isEqualTo(Role.FAULT);
        assertThat(a.node.status().reason()).isEqualTo("arping not found: apt install iputils-arping");
    }

    @Test
    void aNodeWhoseAgentBreaksSaysSoAndLetsGoForItsPeer() {
        startBoth();
        assertThat(a.node.ended().toCompletableFuture()).isNotDone();

        a.clock.broken = true;

        assertThat(a.node.ended().toCompletableFuture())
                .failsWithin(Duration.ofSeconds(2))
                .withThrowableOfType(ExecutionException.class)
                .havingCause()
                .withMessage("a bug");
        await().atMost(Duration.ofSeconds(3)).until(() -> b.node.status().serves());
        assertThat(a.address.held).isFalse();
        assertThat(a.node.stop().toCompletableFuture()).succeedsWithin(SOON);
        assertThat(a.proxy.closed).isTrue();
    }

    @Test
    void aNodeWhoseProxyBreaksSaysSoAndLetsGoForItsPeer() {
        startBoth();

        a.proxy.ended.completeExceptionally(new IllegalStateException("event loop 0 ended"));

        assertThat(a.node.ended().toCompletableFuture())
                .failsWithin(Duration.ofSeconds(2))
                .withThrowableOfType(ExecutionException.class)
                .havingCause()
                .withMessage("event loop 0 ended");
        await().atMost(Duration.ofSeconds(3)).until(() -> b.node.status().serves());
        assertThat(a.address.held).isFalse();
    }

    @Test
    void aNodeThatWasStoppedEndedWell() {
        startBoth();

        a.node.stop();

        assertThat(a.node.ended().toCompletableFuture()).succeedsWithin(SOON);
    }

    @Test
    void theMetersAreThere() {
        PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
        a.node.bindTo(registry);
        startBoth();

        assertThat(registry.scrape())
                .contains("mempair_epoch 1.0", "mempair_holds_address 1.0")
                .contains("mempair_transitions_total{reason=\"nobody_active\"} 1.0")
                .contains("mempair_lease_remaining_seconds", "mempair_peer_heard_seconds");
    }

    @Test
    void nodesThatPlaceKeysDifferentlySaySoAndNeitherTakesOverUntilAReloadMakesThemAlike() {
        PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
        b.node.bindTo(registry);
        PoolConfig alike = b.pool;
        b.pool = new PoolConfig(
                List.of(new ServerAddress("127.0.0.2", 11_211)),
                List.of(),
                alike.placement().distribution(),
                alike.timeouts(),
                alike.security());
        startBoth();

        await().atMost(SOON).until(() -> saysThatPeersDiffer(a) && saysThatPeersDiffer(b));
        assertThat(registry.scrape()).contains("mempair_placement_differs 1.0");
        assertThatThrownBy(() -> a.node.switchover().toCompletableFuture().get(5, TimeUnit.SECONDS))
                .hasMessageContaining("b places keys differently from this node");

        b.pool = alike;
        assertThat(b.node.reload().toCompletableFuture()).succeedsWithin(SOON);
        await().atMost(SOON).until(() -> !saysThatPeersDiffer(a) && !saysThatPeersDiffer(b));
        assertThat(registry.scrape()).contains("mempair_placement_differs 0.0");
        await().atMost(SOON).until(() -> switchesOver(a));
        await().atMost(SOON).until(() -> b.node.status().serves());
    }

    @Test
    void whatAReloadBringsLateIsToldToThePeerThen() {
        PoolConfig alike = b.pool;
        startBoth();
        b.reloaded = new CompletableFuture<>();
        assertThatThrownBy(() -> b.node.reload().toCompletableFuture().get(5, TimeUnit.SECONDS))
                .hasMessageContaining("no result within 200 ms");

        b.pool = new PoolConfig(
                List.of(new ServerAddress("127.0.0.2", 11_211)),
                List.of(),
                alike.placement().distribution(),
                alike.timeouts(),
                alike.security());
        b.reloaded.complete("changed");

        await().atMost(SOON).until(() -> saysThatPeersDiffer(a) && saysThatPeersDiffer(b));
    }

    private static boolean saysThatPeersDiffer(TestNode node) {
        return node.node.status().peers().stream().anyMatch(NodeStatus.PeerStatus::placesOtherwise);
    }

    private static boolean switchesOver(TestNode node) {
        try {
            node.node.switchover().toCompletableFuture().get(5, TimeUnit.SECONDS);
            return true;
        } catch (ExecutionException e) {
            return false; // the peer has not said yet that it could
        } catch (InterruptedException | TimeoutException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void statusNamesThePeerItNeverHeardAndWhy() {
        a.node.start();

        await().atMost(SOON)
                .until(() -> peerOf(a).outcome().startsWith("never heard; connecting fails: ")
                        && !peerOf(a).good());

        b.node.start();
        await().atMost(SOON).until(() -> peerOf(a).good() && peerOf(b).good());
        assertThat(peerOf(a).outcome()).isEqualTo("is b");
        assertThat(peerOf(b).outcome()).isEqualTo("is a");
    }

    private static Checks.CheckStatus peerOf(TestNode node) {
        return node.node.status().fitness().checks().stream()
                .filter(check -> check.name().startsWith("peer 127.0.0.1:"))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void aNodeThatWasNeverStartedStops() {
        assertThat(a.node.stop().toCompletableFuture()).succeedsWithin(SOON);
    }

    @Test
    void theStandbyRehearsesUntilItTakesOverAndTheActiveNodeNever() {
        startBoth();
        await().atMost(SOON).until(() -> b.warmup.begun);
        assertThat(b.warmup.ended).isFalse();

        assertThat(a.node.stop().toCompletableFuture()).succeedsWithin(SOON);

        await().atMost(SOON).until(() -> b.node.status().serves());
        assertThat(b.warmup.ended).isTrue();
        assertThat(a.warmup.begun).isFalse();
    }
}
