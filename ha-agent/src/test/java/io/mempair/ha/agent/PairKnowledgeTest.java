package io.mempair.ha.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.mempair.ha.election.Role;
import io.mempair.ha.lab.FreePorts;
import io.mempair.proxy.replication.ReplicaStatus;
import io.mempair.proxy.replication.ServerKnowledge.Known;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What two nodes over real JGroups tell each other of the servers; the proxies are in memory. */
@Timeout(value = 120, unit = TimeUnit.SECONDS)
@Tag("timed")
class PairKnowledgeTest {

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
    }

    private void startBoth() {
        a.node.start();
        b.node.start();
        await().atMost(SOON).until(() -> a.node.status().serves());
        await().atMost(SOON)
                .until(() ->
                        b.role() == Role.STANDBY && "a".equals(b.node.status().activeNode()));
    }

    private static void awaitCall(TestNode node, String call) {
        await().atMost(SOON)
                .untilAsserted(() -> assertThat(node.proxy.calls).as(call).contains(call));
    }

    @Test
    void theStandbyLearnsWhatTheActiveNodeFindsOutAndConfirmsIt() {
        startBoth();

        a.proxy.findOut(7, ReplicaStatus.OUT);

        awaitCall(b, "learn 7");
        awaitCall(a, "known 7");
        assertThat(b.proxy.knowledge().servers()).isEqualTo(a.proxy.knowledge().servers());
        assertThat(a.proxy.calls).noneMatch(call -> call.contains("learn"));
        assertThat(b.proxy.calls).noneMatch(call -> call.startsWith("known"));
    }

    @Test
    void aStandbyThatComesLaterLearnsWhatWasFoundOutBefore() {
        a.node.start();
        await().atMost(SOON).until(() -> a.node.status().serves());
        a.proxy.findOut(7, ReplicaStatus.REFILLING);
        awaitCall(a, "known 7"); // there is nobody to wait for

        b.node.start();

        awaitCall(b, "learn 7");
    }

    @Test
    void whatAStandbyFindsOutIsToldToNobodyUntilItIsActive() throws Exception {
        startBoth();
        b.proxy.findOut(70, ReplicaStatus.OUT);
        a.proxy.findOut(7, ReplicaStatus.REFILLING);
        awaitCall(b, "learn 7");
        assertThat(a.proxy.calls).noneMatch(call -> call.contains("learn"));

        a.node.switchover().toCompletableFuture().get(8, TimeUnit.SECONDS);

        awaitCall(a, "learn 71");
        awaitCall(b, "known 71");
        assertThat(a.proxy.knowledge().servers()).extracting(Known::status).containsExactly(ReplicaStatus.REFILLING);
    }

    @Test
    void aStandbyThatReadItsFileAgainIsTaughtAnew() {
        startBoth();
        a.proxy.findOut(7, ReplicaStatus.OUT);
        awaitCall(b, "learn 7");

        b.node.reload();

        await().atMost(SOON)
                .untilAsserted(() ->
                        assertThat(b.proxy.calls).filteredOn("learn 7"::equals).hasSize(2));
    }

    @Test
    void aStandbyThatStoppedIsNotWaitedFor() {
        startBoth();
        a.proxy.findOut(7, ReplicaStatus.OUT);
        awaitCall(a, "known 7");
        assertThat(b.node.stop().toCompletableFuture()).succeedsWithin(SOON);

        a.proxy.findOut(8, ReplicaStatus.OUT);

        awaitCall(a, "known 8");
        assertThat(b.proxy.calls).doesNotContain("learn 8");
    }
}
