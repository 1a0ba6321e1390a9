package io.mempair.ha.admin;

import io.mempair.ha.agent.Node;
import io.mempair.ha.agent.NodeStatus;
import io.mempair.ha.election.Role;
import io.mempair.proxy.config.ServerAddress;
import io.mempair.proxy.server.ProxyHealth;
import io.mempair.proxy.server.ProxyHealth.ServerStatus;
import io.mempair.proxy.server.ProxyHealth.Tier;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** A node that is what the test says. */
final class FakeNode implements Node {

    volatile NodeStatus status = status(Role.STANDBY, false, false, "fit");
    final CompletableFuture<Void> ended = new CompletableFuture<>();
    volatile CompletionStage<String> reload = CompletableFuture.completedFuture("nothing changed");
    volatile CompletionStage<String> switchover = CompletableFuture.completedFuture("b is active");

    static NodeStatus status(Role role, boolean holdsAddress, boolean open, String reason) {
        return status(role, holdsAddress, open, reason, null);
    }

    static NodeStatus status(Role role, boolean holdsAddress, boolean open, String reason, NodeStatus.Reload reload) {
        return new NodeStatus(
                "a",
                role,
                7,
                null,
                reason,
                12_345,
                holdsAddress,
                List.of(new NodeStatus.Peer("b", Role.ACTIVE, 100, true, 42)),
                new ProxyHealth(
                        "epoll",
                        open,
                        3,
                        2_000_000,
                        List.of(new ServerStatus(new ServerAddress("m1", 11211), Tier.PRIMARY, true))),
                reload);
    }

    @Override
    public void start() {}

    @Override
    public NodeStatus status() {
        return status;
    }

    @Override
    public CompletionStage<String> switchover() {
        return switchover;
    }

    @Override
    public CompletionStage<String> reload() {
        return reload;
    }

    @Override
    public CompletionStage<Void> stop() {
        return CompletableFuture.completedFuture(null);
    }

    @Override
    public CompletionStage<Void> ended() {
        return ended;
    }

    @Override
    public void bindTo(MeterRegistry registry) {
        registry.gauge("mempair.role", this, node -> node.status.role().code());
    }
}
