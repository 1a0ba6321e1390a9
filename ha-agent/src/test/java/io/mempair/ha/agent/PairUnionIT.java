package io.mempair.ha.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.mempair.ha.config.Profile;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Two nodes that start together, that join late, and that hear each other again after a cut: one is active. */
@Timeout(value = 90, unit = TimeUnit.SECONDS)
@Tag("timed")
class PairUnionIT extends TwoNodeProcesses {

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
}
