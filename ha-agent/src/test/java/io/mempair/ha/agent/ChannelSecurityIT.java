package io.mempair.ha.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.mempair.ha.lab.ChildJvm;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A pair whose channel is secured takes over as fast as any, and while strangers flood it. */
@Timeout(value = 120, unit = TimeUnit.SECONDS)
@Tag("timed")
class ChannelSecurityIT extends SecuredPair {

    private static final long SEED = 20_261_121;

    private void killAndExpectTakeOver(String what, long limitMillis) {
        long fromNanos = System.nanoTime();
        a.signal("KILL");
        await().pollDelay(Duration.ZERO)
                .pollInterval(Duration.ofMillis(2))
                .atMost(Duration.ofSeconds(3))
                .until(() -> b.hasSaid("STANDBY -> ACTIVE"));
        long tookMillis = (System.nanoTime() - fromNanos) / 1_000_000;
        System.out.println("kill -9, " + what + ": active on b after " + tookMillis + " ms");
        assertThat(tookMillis).as("%s", b.lines).isLessThan(limitMillis);
        assertThat(b.hasSaid("reason=\"a died\"")).as("%s", b.lines).isTrue();
        assertThat(hosts.carries("b")).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"tls", "key"})
    void aSecuredPairTakesOverAsFastAsOneThatIsNot(String security) throws IOException {
        startPair(security);

        assertThat(refusals(a) + refusals(b)).as("%s %s", a.lines, b.lines).isZero();
        assertThat(a.hasSaid("is not secured")).isFalse();
        killAndExpectTakeOver(security, 250);
    }

    @ParameterizedTest
    @ValueSource(strings = {"none", "tls", "key"})
    void aFloodOfNonsenseHoldsUpNothing(String security) throws Exception {
        startPair(security);
        List<String> before = events();
        for (String source : List.of(STRANGER, "10.91.0.2")) {
            ChildJvm flood = new ChildJvm(hosts.name("b"), FloodMain.class, "10.91.0.1", source, Long.toString(SEED));
            children.add(flood);
            await().atMost(Duration.ofSeconds(30)).until(() -> flood.hasSaid("flooding"));
            // strangers have processors of their own; what is tested is not who gets these two
            Process nice = new ProcessBuilder("bash", "-c", "renice -n 19 -p $(ls /proc/" + flood.pid() + "/task)")
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start();
            assertThat(nice.waitFor(5, TimeUnit.SECONDS)).isTrue();
            assertThat(flood.lines).contains("detector: refused");
        }

        await("seed " + SEED)
                .during(Duration.ofSeconds(5))
                .atMost(Duration.ofSeconds(10))
                .untilAsserted(() -> assertThat(events()).isEqualTo(before));
        assertThat(refusals(a)).as("%s", a.lines).isBetween(1L, 2L);
        killAndExpectTakeOver(security + ", flooded", 600); // the floods take the processors too; the lease is 700
    }
}
