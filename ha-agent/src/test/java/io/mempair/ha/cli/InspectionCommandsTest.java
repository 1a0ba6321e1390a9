package io.mempair.ha.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.mempair.ha.admin.FakeNode;
import io.mempair.proxy.inspect.HotKey;
import io.mempair.proxy.inspect.LoopInspector;
import io.mempair.proxy.inspect.RequestInspection;
import io.mempair.proxy.inspect.SlowRequest;
import io.mempair.proxy.inspect.Tap;
import io.mempair.proxy.inspect.TopKeys;
import io.mempair.proxy.metrics.TimedCommand;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code mempair slow}, {@code top} and {@code tap}. */
@Timeout(30)
class InspectionCommandsTest extends CommandOfNode {

    /** Live views that ended. */
    private static final AtomicInteger CLOSED = new AtomicInteger();

    private static final long MILLI = 1_000_000;

    private int ask(String command, String... options) {
        String[] words = new String[options.length + 3];
        words[0] = command;
        words[1] = "--control";
        words[2] = control.toString();
        System.arraycopy(options, 0, words, 3, options.length);
        return run(words);
    }

    @Test
    void withoutLogSlowTheCommandSaysWhatIsMissing() {
        assertThat(ask("slow")).isEqualTo(1);
        assertThat(err.toString())
                .startsWith("mempair slow: slow requests are not looked for (expected: log.slow in the file");
    }

    @Test
    void slowRequestsAreATableAndJson() {
        node.inspection = new FixedInspection();

        assertThat(ask("slow", "--last", "1")).isZero();
        assertThat(out.toString())
                .containsPattern("ago +command +key +server +took +before +server +order\\R")
                .containsPattern("[0-9]+ s +get +#00ff +m1:11211 +155.0 ms +30.0 ms +120.0 ms +5.0 ms\\R")
                .doesNotContain("set");
        assertThat(ask("slow", "--json")).isZero();
        assertThat(out.toString())
                .contains("{\"threshold_ms\":100,\"slow\":[{\"ago_ms\":")
                .contains(
                        "\"command\":\"get\",\"key\":\"#00ff\",\"server\":\"m1:11211\",\"took_us\":155000,\"before_us\":30000,"
                                + "\"server_us\":120000,\"order_us\":5000}")
                .contains("\"server\":null");
    }

    @Test
    void hotKeysAreATableAndJson() {
        node.inspection = new FixedInspection();

        assertThat(ask("top", "--for", "2s", "--keys", "7")).isZero();
        assertThat(out.toString())
                .startsWith("about 6400 requests in 2.0 s")
                .containsPattern("requests/s +share +at least +server +key\\R")
                .containsPattern("1600 +50.0 % +40.0 % +m1:11211 +user:1\\R");
        assertThat(ask("top", "--json")).isZero();
        assertThat(out.toString())
                .contains("{\"requests\":6400,\"took_ms\":2000,\"keys\":[{\"key\":\"user:1\","
                        + "\"server\":\"m1:11211\",\"requests_per_second\":1600,\"count\":3200,\"error\":640}]}");
    }

    @Test
    void aQuietProxyIsSaidToBeQuietAndForHowLong() {
        node.inspection = new QuietInspection();

        assertThat(ask("top")).isZero();
        assertThat(out.toString().strip()).isEqualTo("no request of a client in 3.0 s");
        assertThat(ask("tap", "--for", "1s")).isZero();
        assertThat(err.toString().strip()).isEqualTo("no request in 1 s");
        err.getBuffer().setLength(0);
        assertThat(ask("tap", "--for", "1s", "--prefix", "x", "--command", "get"))
                .isZero();
        assertThat(err.toString().strip()).isEqualTo("no get of a key that begins with x in 1 s");
    }

    @Test
    void aTapShowsRequestsAsTheyComeAndThatSomeWereDropped() {
        node.inspection = new FixedInspection();

        assertThat(ask("tap", "--command", "get", "--prefix", "user:", "--for", "1s"))
                .as(err.toString())
                .isZero();
        assertThat(out.toString().lines()).isNotEmpty().allMatch(line -> line.matches("[0-9:.]{12} get user:[0-9]+"));
        assertThat(err.toString()).containsPattern("[1-9][0-9]* more were not shown");
        await().atMost(Duration.ofSeconds(10))
                .untilAsserted(() -> assertThat(CLOSED).hasValue(1));
    }

    @ParameterizedTest
    @ValueSource(strings = {"slow", "top", "tap"})
    void aWitnessHasNoClientsToLookAt(String command) {
        node.status = FakeNode.witness();

        assertThat(run(command, "--control", control.toString())).isEqualTo(1);
        assertThat(err.toString())
                .isEqualTo("mempair " + command + ": a witness has no clients: ask one of the nodes"
                        + System.lineSeparator());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "slow --last 0      | mempair slow: --last: 0 (expected: 1..256)",
                "top --for 11s      | mempair top: --for: '11s' (expected: whole seconds, 1s to 10s)",
                "top --for 500ms    | mempair top: --for: '500ms' (expected: whole seconds, 1s to 10s)",
                "top --keys 257     | mempair top: --keys: 257 (expected: 1..256)",
                "tap --for 1000s    | mempair tap: --for: '1000s' (expected: whole seconds, 1s to 999s)",
                "tap --prefix ä     | mempair tap: --prefix: 'ä' (expected: 1 to 250 printable characters)",
                "tap --command x    | mempair tap: --command: 'x' (expected: get, set, touch, delete, arithmetic or other)"
            })
    void whatCannotBeRightIsRefused(String line, String message) {
        assertThat(run(line.split(" "))).isEqualTo(2);
        assertThat(err.toString()).startsWith(message);
    }

    /** No client asks. */
    private static final class QuietInspection implements RequestInspection {

        @Override
        public void seekSlow(Duration threshold, boolean plainKeys) {}

        @Override
        public Duration slowThreshold() {
            return Duration.ZERO;
        }

        @Override
        public List<SlowRequest> slow() {
            return List.of();
        }

        @Override
        public CompletionStage<TopKeys> top(Duration time, int limit) {
            return CompletableFuture.completedFuture(new TopKeys(0, time.toNanos(), List.of()));
        }

        @Override
        public void open(Tap tap) {}

        @Override
        public void close(Tap tap) {}
    }

    /** Has two slow requests and one hot key, and puts 2,000 requests into each tap. */
    private static final class FixedInspection implements RequestInspection {

        @Override
        public void seekSlow(Duration threshold, boolean plainKeys) {}

        @Override
        public Duration slowThreshold() {
            return Duration.ofMillis(100);
        }

        @Override
        public List<SlowRequest> slow() {
            return List.of(
                    new SlowRequest(0, TimedCommand.GET, "#00ff", "m1:11211", 30 * MILLI, 120 * MILLI, 5 * MILLI),
                    new SlowRequest(0, TimedCommand.SET, "#00fe", "", 500 * MILLI, 0, 0));
        }

        @Override
        public CompletionStage<TopKeys> top(Duration time, int limit) {
            HotKey key = new HotKey("user:1".getBytes(StandardCharsets.US_ASCII), 3_200, 640);
            return CompletableFuture.completedFuture(
                    new TopKeys(6_400, 2_000 * MILLI, List.of(new TopKeys.ServedKey(key, "m1:11211"))));
        }

        @Override
        public void open(Tap tap) {
            LoopInspector loop = new LoopInspector();
            loop.add(tap);
            for (int i = 0; i < 2_000; i++) {
                byte[] key = ("user:" + i).getBytes(StandardCharsets.US_ASCII);
                loop.taken(TimedCommand.GET, key, 0, key.length, 0);
            }
        }

        @Override
        public void close(Tap tap) {
            CLOSED.incrementAndGet();
        }
    }
}
