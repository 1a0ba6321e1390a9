package io.mempair.ha.handover;

import static org.assertj.core.api.Assertions.assertThat;

import io.mempair.ha.handover.HandoverOutlook.HandoverPeer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class HandoverOutlookTest {

    private static HandoverOutlook with(HandoverAbility peer) {
        return HandoverOutlook.of(HandoverAbility.POSSIBLE, null, new HandoverPeer("b", peer));
    }

    @Test
    void twoNodesThatCanKeepTheConnections() {
        HandoverOutlook outlook = with(HandoverAbility.POSSIBLE);

        assertThat(outlook.possible()).isTrue();
        assertThat(outlook.text())
                .startsWith(
                        "possible with b: a planned change keeps the clients' connections, each with one answer that");
    }

    @Test
    void twoNodesThatHoldPacketsSaySo() {
        HandoverPeer peer = new HandoverPeer("b", HandoverAbility.HOLDING);

        assertThat(HandoverOutlook.of(HandoverAbility.HOLDING, null, peer).text())
                .endsWith("keeps the clients' connections, and packets that come meanwhile are held");
        assertThat(HandoverOutlook.of(HandoverAbility.POSSIBLE, null, peer).text())
                .contains("not held meanwhile on both hosts");
    }

    @ParameterizedTest
    @CsvSource({
        "UNSAID, b does not say that it can take them (remedy: the same version of mempair there)",
        "OFF, group.handover is off at b (remedy: group.handover: auto there too)",
        "IMPOSSIBLE, b cannot take them (remedy: see the warning of `mempair status` there)"
    })
    void aPeerThatCannotIsNamedWithTheRemedy(HandoverAbility peer, String why) {
        assertThat(with(peer))
                .isEqualTo(
                        new HandoverOutlook(false, true, "a planned change closes the clients' connections: " + why));
    }

    @Test
    void aHostThatDoesNotLetItIsToldFirst() {
        HandoverPeer peer = new HandoverPeer("b", HandoverAbility.OFF);

        assertThat(HandoverOutlook.of(HandoverAbility.IMPOSSIBLE, "no right (remedy: root)", peer)
                        .text())
                .isEqualTo("a planned change closes the clients' connections: no right (remedy: root)");
        assertThat(HandoverOutlook.of(HandoverAbility.IMPOSSIBLE, null, peer).text())
                .contains("see the warning");
    }

    @Test
    void withoutAPeerNobodyTakesThem() {
        assertThat(HandoverOutlook.of(HandoverAbility.POSSIBLE, null, null).text())
                .endsWith("no other node is heard that could take them");
    }

    @Test
    void whoDoesNotWantItIsNotWarned() {
        HandoverOutlook outlook =
                HandoverOutlook.of(HandoverAbility.OFF, null, new HandoverPeer("b", HandoverAbility.POSSIBLE));

        assertThat(outlook.wanted()).isFalse();
        assertThat(outlook.text()).startsWith("off: ");
    }

    @ParameterizedTest
    @EnumSource(HandoverAbility.class)
    void anAbilityIsTheOneOfItsCode(HandoverAbility ability) {
        assertThat(HandoverAbility.of(ability.code())).isEqualTo(ability);
    }

    @Test
    void whatALaterVersionCanDoIsEnough() {
        assertThat(HandoverAbility.of(7)).isEqualTo(HandoverAbility.POSSIBLE);
    }
}
