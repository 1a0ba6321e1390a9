package io.mempair.proxy.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.mempair.proxy.replication.ReplicaStatus;
import io.mempair.proxy.replication.ServerKnowledge.Known;
import io.mempair.proxy.testkit.RunningProxy;
import java.time.Duration;
import java.util.List;

/** Waits until a proxy says of its servers what a test needs to be true before it goes on. */
final class ReplicaStatuses {

    private static final Duration LONGEST = Duration.ofSeconds(60);

    private ReplicaStatuses() {}

    /** Every loop is connected to every server. */
    static void awaitUp(RunningProxy proxy) {
        await("connections to all servers")
                .atMost(LONGEST)
                .untilAsserted(
                        () -> assertThat(proxy.server().health().servers()).allMatch(ProxyHealth.ServerStatus::up));
    }

    /** Connected, and no server is known to have missed a write. */
    static void awaitNoneOut(RunningProxy proxy) {
        awaitUp(proxy);
        await("no server out")
                .atMost(LONGEST)
                .untilAsserted(
                        () -> assertThat(servers(proxy)).noneMatch(server -> server.status() == ReplicaStatus.OUT));
    }

    /** Connected, and each server has all it should have. */
    static void awaitServing(RunningProxy proxy) {
        awaitUp(proxy);
        await("all servers serving")
                .atMost(LONGEST)
                .untilAsserted(
                        () -> assertThat(servers(proxy)).allMatch(server -> server.status() == ReplicaStatus.SERVING));
    }

    /** What it says of its servers now. */
    static List<Known> servers(RunningProxy proxy) {
        return proxy.server().knowledge().servers();
    }
}
