package io.mempair.ha.agent;

import static org.assertj.core.api.Assertions.assertThat;

import io.mempair.ha.agent.NodeStatus.FitnessStatus;
import io.mempair.ha.agent.NodeStatus.PeerStatus;
import io.mempair.ha.agent.TakeOver.Condition;
import io.mempair.ha.check.Checks;
import io.mempair.ha.config.GroupConfig;
import io.mempair.ha.config.Profile;
import io.mempair.ha.election.Role;
import io.mempair.ha.group.MemberSummary;
import io.mempair.proxy.config.ServerAddress;
import io.mempair.proxy.replication.ServerKnowledge;
import io.mempair.proxy.server.ProxyHealth;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(10)
class TakeOverTest {

    private static final GroupConfig GROUP =
            new GroupConfig("10.0.0.1", 7800, List.of(new ServerAddress("10.0.0.2", 7800)), Profile.DEFAULT);

    private static NodeStatus status(Role role, boolean maintenance, boolean tieBreaker, PeerStatus... peers) {
        return new NodeStatus(
                NodeStatus.MemberKind.NODE,
                "a",
                role,
                7,
                null,
                "disk is full",
                12_345,
                false,
                List.of(peers),
                new ProxyHealth("epoll", false, 0, 0, List.of()),
                ServerKnowledge.NONE,
                null,
                new FitnessStatus(
                        maintenance,
                        List.of(new Checks.CheckStatus(Checks.TIE_BREAKER, tieBreaker, "gateway answered 9 ms ago")),
                        List.of()),
                MemberSummary.plain("1.2.3", 1, ""));
    }

    private static PeerStatus peer(Role role, boolean alive, boolean placesOtherwise) {
        return new PeerStatus("b", role, 100, alive, 42, placesOtherwise);
    }

    private static List<String> missing(TakeOver takeOver) {
        return takeOver.conditions().stream()
                .filter(condition -> !condition.holds())
                .map(Condition::what)
                .toList();
    }

    @Test
    void aFitStandbyWaitsOnlyForTheOther() {
        TakeOver takeOver =
                TakeOver.of(status(Role.STANDBY, false, true, peer(Role.ACTIVE, true, false)), GROUP, Duration.ZERO);

        assertThat(takeOver.ready()).isTrue();
        assertThat(takeOver.summary()).isEqualTo("a takes over as soon as no other node is active");
        assertThat(missing(takeOver)).containsExactly("no other node is active");
        assertThat(takeOver.conditions().get(5).now())
                .isEqualTo("b is, heard 42 ms ago; it hands over, stops, dies, or is not heard for 700 ms");
    }

    @Test
    void everythingThatIsMissingIsNamed() {
        TakeOver takeOver = TakeOver.of(
                status(Role.FAULT, true, false, peer(Role.ACTIVE, true, true)), GROUP, Duration.ofSeconds(30));

        assertThat(takeOver.ready()).isFalse();
        assertThat(takeOver.summary()).isEqualTo("a would not take over: 6 conditions are not met");
        assertThat(missing(takeOver))
                .containsExactly(
                        "a is not in maintenance",
                        "a is fit",
                        "a does not yield because it lost its reign too often",
                        "a places keys as b does",
                        "the tie-breaker answers, in case the other node is not heard",
                        "no other node is active");
        assertThat(takeOver.conditions().get(2).now()).isEqualTo("it yields for 30 s more");
    }

    @Test
    void whyItIsNotFitIsTheReasonOfItsRole() {
        TakeOver takeOver =
                TakeOver.of(status(Role.FAULT, false, true, peer(Role.ACTIVE, true, false)), GROUP, Duration.ZERO);

        assertThat(takeOver.summary()).isEqualTo("a would not take over: 2 conditions are not met");
        assertThat(takeOver.conditions().get(1)).isEqualTo(new Condition(false, "a is fit", "disk is full"));
    }

    @Test
    void anActiveNodeHasNothingToTakeOver() {
        TakeOver takeOver = TakeOver.of(
                status(Role.ACTIVE, false, true, peer(Role.STANDBY, true, false)), GROUP, Duration.ofSeconds(30));

        assertThat(takeOver.ready()).isTrue();
        assertThat(takeOver.summary()).isEqualTo("a is active: there is nothing to take over");
    }
}
