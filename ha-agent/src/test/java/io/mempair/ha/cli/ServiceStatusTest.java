package io.mempair.ha.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.mempair.ha.agent.NodeStatus;
import io.mempair.ha.election.Role;
import io.mempair.ha.group.MemberSummary;
import io.mempair.proxy.config.ServerAddress;
import io.mempair.proxy.replication.ServerKnowledge;
import io.mempair.proxy.server.ProxyHealth;
import io.mempair.proxy.server.ProxyHealth.ServerStatus;
import io.mempair.proxy.server.ProxyHealth.ServerTier;
import java.util.List;
import org.junit.jupiter.api.Test;

class ServiceStatusTest {

    private static NodeStatus status(Role role, String activeNode, boolean maintenance, String reason) {
        boolean active = role == Role.ACTIVE;
        List<ServerStatus> servers = List.of(
                new ServerStatus(new ServerAddress("m1", 11211), ServerTier.PRIMARY, true),
                new ServerStatus(new ServerAddress("m2", 11211), ServerTier.PRIMARY, false));
        return new NodeStatus(
                NodeStatus.MemberKind.NODE,
                "a",
                role,
                7,
                activeNode,
                reason,
                12_345,
                active,
                List.of(
                        new NodeStatus.PeerStatus("b", Role.STANDBY, 100, true, 42, false),
                        new NodeStatus.PeerStatus("c", Role.STANDBY, 100, false, 4_200, false)),
                new ProxyHealth("epoll", active, 3, 2_000_000, servers),
                ServerKnowledge.NONE,
                null,
                new NodeStatus.FitnessStatus(maintenance, List.of(), List.of()),
                MemberSummary.plain("1.2.3", 12, ""));
    }

    @Test
    void aNodeThatServes() {
        assertThat(ServiceStatus.ofNode(status(Role.ACTIVE, "a", false, "b fell silent")))
                .isEqualTo("active, serves, epoch 7, 1 of 2 servers up: took over because b fell silent");
    }

    @Test
    void aStandbyNamesTheActiveNode() {
        assertThat(ServiceStatus.ofNode(status(Role.STANDBY, "b", false, "b is active")))
                .isEqualTo("standby, active node b, epoch 7, 1 of 2 servers up: b is active");
    }

    @Test
    void aNodeTakenOutByTheOperatorIsInMaintenanceAndNotInFault() {
        assertThat(ServiceStatus.ofNode(status(Role.FAULT, null, true, "taken out")))
                .isEqualTo("in maintenance, epoch 7, 1 of 2 servers up: taken out");
    }

    @Test
    void aReasonOfSeveralLinesStaysOneLine() {
        assertThat(ServiceStatus.ofNode(status(Role.FAULT, null, false, "check disk: full\nREADY=1")))
                .endsWith(": check disk: full READY=1");
    }

    @Test
    void aProxyAloneHasNoRole() {
        assertThat(ServiceStatus.ofProxy(status(Role.ACTIVE, "proxy", false, "serves alone")))
                .isEqualTo("serves alone, 1 of 2 servers up");
    }

    @Test
    void aWitnessSaysWhomItHears() {
        assertThat(ServiceStatus.ofWitness(status(Role.STANDBY, "b", false, "a witness")))
                .isEqualTo("votes, epoch 7, active node b, hears 1 of the nodes");
    }
}
