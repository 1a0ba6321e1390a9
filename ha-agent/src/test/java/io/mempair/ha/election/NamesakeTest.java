package io.mempair.ha.election;

import static org.assertj.core.api.Assertions.assertThat;

import io.mempair.ha.election.Message.Heartbeat;
import org.junit.jupiter.api.Test;

/** Another node that is called b, as this one is. */
class NamesakeTest extends DrivenElection {

    private void hearNamesake() {
        hear(new Heartbeat("b", 99, 200, Role.STANDBY, true, 0, 0, false, nowMillis * MILLIS, TERMS));
    }

    @Test
    void aNodeThatHearsItsOwnNameWarnsAndDoesNotBecomeActive() {
        startAt(0);
        for (int i = 0; i < 50; i++) {
            hearNamesake();
            pass(100);
        }

        assertThat(claims()).isFalse();
        assertThat(election.hearsNamesake(local())).isTrue();
        assertThat(effects(Effect.Warn.class))
                .isNotEmpty()
                .allMatch(warn -> warn.line().startsWith("another node calls itself b too"));
        assertThat(effects(Effect.SendHeartbeat.class))
                .last()
                .satisfies(sent -> assertThat(sent.heartbeat().eligible()).isFalse());
    }

    @Test
    void itMayBecomeActiveOnceTheOtherIsGone() {
        startAt(0);
        hearNamesake();
        pass(3_000);

        assertThat(claims()).isTrue();
        assertThat(election.hearsNamesake(local())).isFalse();
    }

    @Test
    void anActiveNodeStaysActive() {
        becomeActiveAlone();
        for (int i = 0; i < 50; i++) {
            hearNamesake();
            pass(100);
        }

        assertThat(election.role()).isEqualTo(Role.ACTIVE);
    }

    @Test
    void aNodeThatHearsItselfIsTold() {
        startAt(0);
        hear(new Heartbeat(
                "b", SETTINGS.incarnation(), 100, Role.STANDBY, true, 0, 0, false, nowMillis * MILLIS, TERMS));

        assertThat(effects(Effect.Warn.class))
                .singleElement()
                .satisfies(warn -> assertThat(warn.line()).contains("group.peers"));
        assertThat(election.hearsNamesake(local())).isFalse();
    }
}
