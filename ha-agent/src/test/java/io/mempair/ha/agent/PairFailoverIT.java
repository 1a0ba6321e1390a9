package io.mempair.ha.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.mempair.ha.config.Profile;
import io.mempair.ha.lab.ChildJvm;
import io.mempair.ha.lab.Namespaces;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Two node processes on two hosts, real JGroups, real guard, real address; only the data plane is in memory. */
@Timeout(value = 90, unit = TimeUnit.SECONDS)
@Tag("timed")
class PairFailoverIT {

    private Namespaces hosts;
    private ChildJvm a;
    private ChildJvm b;

    @BeforeEach
    void makeHosts() {
        hosts = new Namespaces();
    }

    @AfterEach
    void removeHosts() {
        if (a != null) {
            a.close();
        }
        if (b != null) {
            b.close();
        }
        hosts.close();
    }

    private ChildJvm start(String name, Profile profile) throws IOException {
        boolean first = name.equals("a");
        return new ChildJvm(
                hosts.name(name),
                NodeMain.class,
                name,
                first ? "200" : "100",
                first ? "10.91.0.1" : "10.91.0.2",
                first ? "10.91.0.2" : "10.91.0.1",
                profile.name());
    }

    private void startBoth(Profile profile) throws IOException {
        a = start("a", profile);
        await().atMost(Duration.ofSeconds(20))
                .untilAsserted(() -> assertThat(a.lines).anyMatch(line -> line.contains("-> ACTIVE")));
        b = start("b", profile);
        await().atMost(Duration.ofSeconds(20))
                .untilAsserted(() -> assertThat(b.lines).anyMatch(line -> line.contains("-> STANDBY")));
        await().during(Duration.ofMillis(1_500))
                .atMost(Duration.ofSeconds(10))
                .until(() -> hosts.carries("a") && !hosts.carries("b"));
    }

    /** Milliseconds until host b has the address and its node says that it is active. */
    private long untilActiveOnB(Duration limit) {
        long fromNanos = System.nanoTime();
        await().pollDelay(Duration.ZERO)
                .pollInterval(Duration.ofMillis(2))
                .atMost(limit)
                .until(() -> b.hasSaid("STANDBY -> ACTIVE"));
        long tookMillis = (System.nanoTime() - fromNanos) / 1_000_000;
        assertThat(hosts.carries("b")).as("%s", b.lines).isTrue();
        return tookMillis;
    }

    @ParameterizedTest
    @EnumSource
    void twoNodesStartedTogetherHaveOneActiveWithinTwoSeconds(Profile profile) throws IOException {
        a = start("a", profile);
        b = start("b", profile);
        ConditionFactory closely = await().pollDelay(Duration.ZERO)
                .pollInterval(Duration.ofMillis(2))
                .atMost(Duration.ofSeconds(20));
        closely.untilAsserted(() -> {
            assertThat(a.lines).anyMatch(line -> line.contains("channel listens"));
            assertThat(b.lines).anyMatch(line -> line.contains("channel listens"));
        });
        long upNanos = System.nanoTime();

        closely.until(() -> a.hasSaid("-> ACTIVE") || b.hasSaid("-> ACTIVE"));

        long tookMillis = (System.nanoTime() - upNanos) / 1_000_000;
        System.out.println("both started, " + profile + ": one active after " + tookMillis + " ms");
        assertThat(tookMillis).as("%s\n%s", a.lines, b.lines).isLessThan(2_000);
        await().during(Duration.ofSeconds(3))
                .atMost(Duration.ofSeconds(10))
                .until(() ->
                        hosts.carries("a") != hosts.carries("b") && a.hasSaid("-> ACTIVE") != b.hasSaid("-> ACTIVE"));
    }

    @Test
    void aNodeThatStartsBeforeItsInterfaceIsUpJoinsWhenItComesUp() throws IOException {
        hosts.link("b", "down");
        b = start("b", Profile.FAST);
        await().atMost(Duration.ofSeconds(20)).until(() -> b.hasSaid("retrying"));

        hosts.link("b", "up");

        await().atMost(Duration.ofSeconds(20))
                .untilAsserted(() -> assertThat(b.lines).anyMatch(line -> line.contains("-> ACTIVE")));
    }

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

    @ParameterizedTest
    @EnumSource
    void aHealedCutLeavesOneActiveAtOnce(Profile profile) throws IOException {
        startBoth(profile);

        hosts.cut();
        long tookMillis = untilActiveOnB(Duration.ofSeconds(5));
        System.out.println("silent cut, " + profile + ": active on b after " + tookMillis + " ms");
        await().pollDelay(Duration.ofSeconds(2)).until(() -> hosts.carries("a") && hosts.carries("b"));

        hosts.heal();
        long healedNanos = System.nanoTime();
        await().pollDelay(Duration.ZERO)
                .pollInterval(Duration.ofMillis(2))
                .atMost(Duration.ofSeconds(5))
                .until(() -> a.hasSaid("ACTIVE -> STANDBY"));

        long endMillis = (System.nanoTime() - healedNanos) / 1_000_000;
        System.out.println("heal, " + profile + ": one active on b after " + endMillis + " ms");
        assertThat(endMillis).as("%s\n%s", a.lines, b.lines).isLessThan(700);
        assertThat(hosts.carries("a")).isFalse();
        assertThat(hosts.carries("b")).isTrue();
        assertThat(a.hasSaid("STANDBY -> ACTIVE epoch=3")).isFalse();
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
