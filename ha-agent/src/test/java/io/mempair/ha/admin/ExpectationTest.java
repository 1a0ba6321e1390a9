package io.mempair.ha.admin;

import static org.assertj.core.api.Assertions.assertThat;

import io.mempair.ha.agent.NodeStatus;
import io.mempair.ha.agent.NodeStatus.PeerStatus;
import io.mempair.ha.election.Role;
import io.mempair.proxy.config.ServerAddress;
import io.mempair.proxy.replication.RefillProgress;
import io.mempair.proxy.replication.ReplicaStatus;
import io.mempair.proxy.replication.ServerIdentity;
import io.mempair.proxy.replication.ServerKnowledge;
import io.mempair.proxy.replication.ServerKnowledge.Known;
import io.mempair.proxy.server.ProxyHealth;
import io.mempair.proxy.server.ProxyHealth.ServerStatus;
import io.mempair.proxy.server.ProxyHealth.ServerTier;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(10)
class ExpectationTest {

    private static final ServerStatus UP = new ServerStatus(new ServerAddress("m1", 11211), ServerTier.PRIMARY, true);

    private static NodeStatus status(Role role, String active, PeerStatus peer) {
        return status(role, active, peer, UP, ReplicaStatus.SERVING);
    }

    private static NodeStatus status(
            Role role, String active, PeerStatus peer, ServerStatus server, ReplicaStatus status) {
        boolean serves = role == Role.ACTIVE;
        return new NodeStatus(
                NodeStatus.MemberKind.NODE,
                "a",
                role,
                7,
                active,
                "the reason",
                12_345,
                serves,
                List.of(peer),
                new ProxyHealth("epoll", serves, 3, 0, List.of(server)),
                new ServerKnowledge(1, List.of(new Known("m1:11211", false, status, ServerIdentity.UNKNOWN))),
                null,
                NodeStatus.FitnessStatus.PLAIN,
                FakeNode.SUMMARY);
    }

    private static PeerStatus peer(boolean placesOtherwise) {
        return new PeerStatus("b", Role.ACTIVE, 100, true, 42, placesOtherwise);
    }

    @Test
    void serving() {
        assertThat(Expectation.SERVING.answer(status(Role.ACTIVE, "a", peer(false))))
                .isEqualTo("yes");
        assertThat(Expectation.SERVING.answer(status(Role.STANDBY, "b", peer(false))))
                .isEqualTo("no a is standby: the reason");
    }

    @Test
    void standby() {
        assertThat(Expectation.STANDBY.answer(status(Role.STANDBY, "b", peer(false))))
                .isEqualTo("yes");
        assertThat(Expectation.STANDBY.answer(status(Role.STANDBY, null, peer(false))))
                .isEqualTo("no no active node is heard");
        assertThat(Expectation.STANDBY.answer(status(Role.STANDBY, "b", peer(true))))
                .isEqualTo("no a places keys otherwise than its peer");
        assertThat(Expectation.STANDBY.answer(status(Role.FAULT, "b", peer(false))))
                .isEqualTo("no a is fault: the reason");
    }

    @Test
    void refilled() {
        PeerStatus peer = peer(false);
        assertThat(Expectation.REFILLED.answer(status(Role.ACTIVE, "a", peer))).isEqualTo("yes");
        assertThat(Expectation.REFILLED.answer(status(Role.ACTIVE, "a", peer, UP, ReplicaStatus.REFILLING)))
                .isEqualTo("no m1:11211 is refilling");
        assertThat(Expectation.REFILLED.answer(status(Role.ACTIVE, "a", peer, UP, ReplicaStatus.OUT)))
                .isEqualTo("no m1:11211 is out");
        ServerStatus down = new ServerStatus(UP.address(), ServerTier.PRIMARY, false);
        assertThat(Expectation.REFILLED.answer(status(Role.ACTIVE, "a", peer, down, ReplicaStatus.SERVING)))
                .isEqualTo("no m1:11211 is down");
        ServerStatus copied =
                new ServerStatus(UP.address(), ServerTier.PRIMARY, true, 0, new RefillProgress(3, 2, 5), null);
        assertThat(Expectation.REFILLED.answer(status(Role.ACTIVE, "a", peer, copied, ReplicaStatus.REFILLING)))
                .isEqualTo("no m1:11211 is refilling (2 keys copied)");
    }
}
