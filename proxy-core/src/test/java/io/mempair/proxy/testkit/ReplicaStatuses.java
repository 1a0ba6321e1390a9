package io.mempair.proxy.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.mempair.proxy.replication.ReplicaStatus;
import io.mempair.proxy.replication.ServerKnowledge.Known;
import io.mempair.proxy.server.ProxyHealth;
import java.time.Duration;
import java.util.List;

/** Waits until a proxy says of its servers what a test needs to be true before it goes on. */
public final class ReplicaStatuses {

    private static final Duration LONGEST = Duration.ofSeconds(60);

    private ReplicaStatuses() {}

    /** Every loop is connected to every server. */
    public static void awaitUp(RunningProxy proxy) {
        await("connections to all servers")
                .atMost(LONGEST)
                .untilAsserted(
                        () -> assertThat(proxy.server().health().servers()).allMatch(ProxyHealth.ServerStatus::up));
    }

    /** Connected, and no server is known to have missed a write. */
    public static void awaitNoneOut(RunningProxy proxy) {
        awaitUp(proxy);
        await("no server out")
                .atMost(LONGEST)
                .untilAsserted(
                        () -> assertThat(servers(proxy)).noneMatch(server -> server.status() == ReplicaStatus.OUT));
    }

    /** Connected, and each server has all it should have. */
    public static void awaitServing(RunningProxy proxy) {
        awaitUp(proxy);
        await("all servers serving")
                .atMost(LONGEST)
                .untilAsserted(
                        () -> assertThat(servers(proxy)).allMatch(server -> server.status() == ReplicaStatus.SERVING));
    }

    /** What it says of its servers now. */
    public static List<Known> servers(RunningProxy proxy) {
        return proxy.server().knowledge().servers();
    }
}
