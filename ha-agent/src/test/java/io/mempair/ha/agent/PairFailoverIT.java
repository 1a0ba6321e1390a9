package io.mempair.ha.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.mempair.ha.config.Profile;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The active node is killed, hangs, or is stopped: the other one takes over. */
@Timeout(value = 90, unit = TimeUnit.SECONDS)
@Tag("timed")
class PairFailoverIT extends TwoNodeProcesses {

    @ParameterizedTest
    @EnumSource
    void aKilledActiveNodeIsReplacedLongBeforeItsLeaseEnds(Profile profile) throws IOException {
        startBoth(profile);

        a.signal("KILL");
        long tookMillis = untilActiveOnB(Duration.ofSeconds(3));

        System.out.println("kill -9, " + profile + ": active on b after " + tookMillis + " ms");
        assertThat(tookMillis).as("%s", b.lines).isLessThan(250);
        assertThat(hosts.carries("a")).isFalse();
        assertThat(b.hasSaid("reason=\"a died\"")).as("%s", b.lines).isTrue();
    }

    @ParameterizedTest
    @EnumSource
    void aHungActiveNodeIsReplacedWhenItsLeaseIsOverAndComesBackAsStandby(Profile profile) throws IOException {
        startBoth(profile);

        a.signal("STOP");
        long tookMillis = untilActiveOnB(Duration.ofSeconds(3));

        System.out.println("SIGSTOP, " + profile + ": active on b after " + tookMillis + " ms");
        assertThat(hosts.carries("a")).as("a has let go").isFalse();
        a.signal("CONT");
        await().atMost(Duration.ofSeconds(5)).until(() -> a.hasSaid("ACTIVE -> STANDBY"));
        assertThat(hosts.carries("a")).isFalse();
        assertThat(hosts.carries("b")).isTrue();
    }

    @Test
    void aStoppedActiveNodeHandsOver() throws IOException {
        startBoth(Profile.DEFAULT);

        a.say("stop");
        long tookMillis = untilActiveOnB(Duration.ofSeconds(3));

        System.out.println("stop: active on b after " + tookMillis + " ms");
        assertThat(tookMillis).as("%s %s", a.lines, b.lines).isLessThan(400);
        await().atMost(Duration.ofSeconds(5)).until(() -> a.hasSaid("stopped"));
        assertThat(hosts.carries("a")).isFalse();
    }

    @Test
    void aKilledNodeThatReturnsIsStandby() throws IOException {
        startBoth(Profile.FAST);
        a.signal("KILL");
        untilActiveOnB(Duration.ofSeconds(3));
        a.close();

        a = start("a", Profile.FAST);

        await().atMost(Duration.ofSeconds(20)).until(() -> a.hasSaid("-> STANDBY"));
        await().during(Duration.ofSeconds(2))
                .atMost(Duration.ofSeconds(10))
                .until(() -> hosts.carries("b") && !hosts.carries("a") && !a.hasSaid("-> ACTIVE"));
    }
}
