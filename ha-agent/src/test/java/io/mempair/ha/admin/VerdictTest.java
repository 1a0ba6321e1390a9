package io.mempair.ha.admin;

import static org.assertj.core.api.Assertions.assertThat;

import io.mempair.ha.admin.Verdict.Level;
import io.mempair.ha.agent.NodeStatus;
import io.mempair.ha.agent.NodeStatus.FitnessStatus;
import io.mempair.ha.agent.NodeStatus.MemberKind;
import io.mempair.ha.agent.NodeStatus.PeerStatus;
import io.mempair.ha.election.Departure;
import io.mempair.ha.election.Role;
import io.mempair.ha.group.MemberSummary;
import io.mempair.proxy.config.ServerAddress;
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
class VerdictTest {

    private static final List<ServerStatus> BOTH_UP = servers(true, true);

    private static List<ServerStatus> servers(boolean... up) {
        return java.util.stream.IntStream.range(0, up.length)
                .mapToObj(i -> new ServerStatus(new ServerAddress("m" + (i + 1), 11211), ServerTier.PRIMARY, up[i]))
                .toList();
    }

    private static NodeStatus status(
            MemberKind kind, Role role, List<PeerStatus> peers, List<ServerStatus> servers, ServerKnowledge known) {
        boolean active = role == Role.ACTIVE;
        return new NodeStatus(
                kind,
                kind == MemberKind.WITNESS ? "w" : "a",
                role,
                7,
                null,
                "the reason",
                12_345,
                active,
                peers,
                new ProxyHealth("epoll", active, 3, 0, servers),
                known,
                null,
                FitnessStatus.PLAIN,
                FakeNode.SUMMARY);
    }

    private static NodeStatus node(Role role, PeerStatus... peers) {
        return status(MemberKind.NODE, role, List.of(peers), BOTH_UP, ServerKnowledge.NONE);
    }

    private static NodeStatus witness(PeerStatus... peers) {
        return status(MemberKind.WITNESS, Role.WITNESS, List.of(peers), List.of(), ServerKnowledge.NONE);
    }

    private static PeerStatus peer(String name, Role role, boolean alive) {
        return new PeerStatus(name, role, 100, alive, alive ? 42 : 40_000, false);
    }

    private static void expect(NodeStatus status, Level level, String text) {
        assertThat(Verdict.of(status)).isEqualTo(new Verdict(level, text));
    }

    @Test
    void aPairWithASpareAndAllServersIsFineFromEitherNode() {
        expect(node(Role.ACTIVE, peer("b", Role.STANDBY, true)), Level.FINE, "a serves, b can take over");
        expect(node(Role.STANDBY, peer("b", Role.ACTIVE, true)), Level.FINE, "b serves, a can take over");
    }

    @Test
    void theWitnessIsNoSpare() {
        expect(
                node(Role.ACTIVE, peer("w", Role.WITNESS, true)),
                Level.DEGRADED,
                "a serves, without a spare: no other node was heard");
    }

    @Test
    void whyThereIsNoSpareIsSaid() {
        expect(
                node(Role.ACTIVE, peer("b", Role.STANDBY, false)),
                Level.DEGRADED,
                "a serves, without a spare: b silent for 40 s");
        expect(
                node(Role.ACTIVE, peer("b", Role.FAULT, true)),
                Level.DEGRADED,
                "a serves, without a spare: b is in fault");
        expect(
                node(Role.ACTIVE, new PeerStatus("b", Role.STANDBY, 100, true, 42, true)),
                Level.DEGRADED,
                "a serves, without a spare: b places keys otherwise");
        expect(
                node(Role.FAULT, peer("b", Role.ACTIVE, true)),
                Level.DEGRADED,
                "b serves, without a spare: a is in fault (the reason)");
    }

    @Test
    void aPeerThatWasStoppedOrDiedIsNotCalledSilent() {
        expect(
                node(Role.ACTIVE, left("b", Departure.STOPPED)),
                Level.DEGRADED,
                "a serves, without a spare: b stopped 40 s ago");
        expect(
                node(Role.ACTIVE, left("b", Departure.DIED)),
                Level.DEGRADED,
                "a serves, without a spare: b died 40 s ago");
    }

    private static PeerStatus left(String name, Departure departure) {
        return new PeerStatus(name, Role.STANDBY, 100, false, 40_000, false, null, null, departure);
    }

    @Test
    void nobodyServesIsSaidWithHowFarThisNodeCanSee() {
        expect(
                node(Role.FAULT, peer("b", Role.STANDBY, true)),
                Level.CRITICAL,
                "nobody serves: a is in fault (the reason), b is standby");
        expect(
                node(Role.STANDBY, peer("b", Role.ACTIVE, false)),
                Level.CRITICAL,
                "nobody serves as far as a can see: a is standby (the reason), b silent for 40 s");
        expect(
                node(Role.STANDBY),
                Level.CRITICAL,
                "nobody serves as far as a can see: a is standby (the reason), no other node was heard");
    }

    @Test
    void twoActiveNodesAreWorseThanNone() {
        expect(node(Role.ACTIVE, peer("b", Role.ACTIVE, true)), Level.CRITICAL, "two nodes are active: a and b");
    }

    @Test
    void aServerThatIsDownOrOutIsNamed() {
        PeerStatus spare = peer("b", Role.STANDBY, true);
        expect(
                status(MemberKind.NODE, Role.ACTIVE, List.of(spare), servers(true, false), ServerKnowledge.NONE),
                Level.DEGRADED,
                "a serves, 1 of 2 servers down or out: m2:11211");
        ServerKnowledge out = new ServerKnowledge(
                1, List.of(new Known("m1:11211", false, ReplicaStatus.OUT, ServerIdentity.UNKNOWN)));
        expect(
                status(MemberKind.NODE, Role.ACTIVE, List.of(spare), BOTH_UP, out),
                Level.DEGRADED,
                "a serves, 1 of 2 servers down or out: m1:11211");
        expect(
                status(MemberKind.NODE, Role.ACTIVE, List.of(spare), servers(false, false), ServerKnowledge.NONE),
                Level.CRITICAL,
                "a serves, but no server is up");
        MemberSummary allDown = new MemberSummary("1", 1, true, true, false, 0, 2, 0, 0, 0, 0, "");
        expect(
                node(
                        Role.STANDBY,
                        new PeerStatus("b", Role.ACTIVE, 100, true, 42, false, allDown, null, Departure.NONE)),
                Level.CRITICAL,
                "b serves, but no server is up");
    }

    @Test
    void aWitnessTellsWhatItHears() {
        expect(
                witness(peer("a", Role.ACTIVE, true), peer("b", Role.STANDBY, true)),
                Level.FINE,
                "a serves, b can take over");
        expect(
                witness(peer("a", Role.ACTIVE, true), peer("b", Role.STANDBY, false)),
                Level.DEGRADED,
                "a serves, without a spare: b silent for 40 s");
        expect(witness(peer("a", Role.FAULT, true)), Level.CRITICAL, "nobody serves: a is in fault");
        expect(witness(peer("a", Role.ACTIVE, false)), Level.UNKNOWN, "the witness hears no node");
    }

    @Test
    void aProxyAloneNeedsNoSpare() {
        assertThat(Verdict.of(FakeNode.proxyAlone()).text()).isEqualTo("the proxy serves");
        expect(
                status(MemberKind.PROXY, Role.ACTIVE, List.of(), BOTH_UP, ServerKnowledge.NONE),
                Level.FINE,
                "the proxy serves");
        expect(
                status(MemberKind.PROXY, Role.FAULT, List.of(), BOTH_UP, ServerKnowledge.NONE),
                Level.CRITICAL,
                "the proxy does not serve: the reason");
    }
}
