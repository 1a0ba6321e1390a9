package io.mempair.ha.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.mempair.ha.time.SystemClock;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Over sockets, against servers that answer rightly, wrongly, or not at all. */
@Timeout(60)
class BenchTest {

    private static final Duration LIMIT = Duration.ofSeconds(30);

    @Test
    void everythingIsFoundOnARightServer() throws Exception {
        BenchReport report = afterGets(100, (count, key, flags, value) -> ScriptedMemcached.right(key, flags, value));

        assertThat(report.faults().none()).isTrue();
        assertThat(report.found()).isGreaterThan(90);
        assertThat(report.latencies().requests()).isGreaterThan(90);
        assertThat(report.ended()).isEqualTo("enough");
    }

    @Test
    void anotherValueIsSeen() throws Exception {
        BenchReport report = afterGets(
                20,
                (count, key, flags, value) ->
                        ScriptedMemcached.right(key, flags, count == 10 ? "x".repeat(value.length()) : value));

        assertThat(report.faults().wrong()).isOne();
        assertThat(report.firstProblem()).startsWith("not the value of its key");
        assertThat(report.isGood()).isFalse();
    }

    @Test
    void aShortValueIsSeen() throws Exception {
        BenchReport report = afterGets(
                20,
                (count, key, flags, value) ->
                        ScriptedMemcached.right(key, flags, count == 10 ? value.substring(1) : value));

        assertThat(report.faults().wrong()).isOne();
        assertThat(report.firstProblem()).startsWith("length 19 instead of 20");
    }

    @Test
    void theValueOfAnotherKeyIsSeen() throws Exception {
        BenchReport report = afterGets(
                20,
                (count, key, flags, value) -> ScriptedMemcached.right(
                        count == 10 ? key.substring(0, key.length() - 1) + 'x' : key, flags, value));

        assertThat(report.faults().wrong()).isOne();
        assertThat(report.firstProblem()).startsWith("not asked for");
    }

    @Test
    void aMissAfterTheFillIsSeen() throws Exception {
        BenchReport report = afterGets(
                20, (count, key, flags, value) -> count == 10 ? "END\r\n" : ScriptedMemcached.right(key, flags, value));

        assertThat(report.faults().misses()).isOne();
        assertThat(report.faults().none()).isFalse();
    }

    @Test
    void aClosedConnectionEndsTheRun() throws Exception {
        try (var server = new ScriptedMemcached((count, key, flags, value) -> null)) {
            BenchReport report = run(Configs.gets(server.port(), 2, 1, 1));

            assertThat(report.ended()).isEqualTo("127.0.0.1:" + server.port() + " closed the connection");
            assertThat(report.faults().lostConnections()).isOne();
            assertThat(report.isGood()).isFalse();
        }
    }

    @Test
    void aClosedConnectionIsMadeAgainWhenItShallBe() throws Exception {
        try (var server = new ScriptedMemcached((count, key, flags, value) ->
                        count % 10 == 0 ? null : ScriptedMemcached.right(key, flags, value));
                var bench = bench(Configs.reconnecting(server.port(), 2))) {
            CompletableFuture<BenchReport> result = bench.start();

            await().atMost(LIMIT).until(() -> server.connections() > 5 && server.gets() > 60);
            bench.stop("enough");

            BenchReport report = result.get(30, TimeUnit.SECONDS);
            assertThat(report.faults().lostConnections()).isGreaterThan(3);
            assertThat(report.faults().lostRequests()).isEqualTo(report.faults().lostConnections());
            assertThat(report.faults().none()).as("nothing was wrong").isTrue();
        }
    }

    @Test
    void aServerThatHangsIsGivenUp() throws Exception {
        var never = new CountDownLatch(1);
        try (var server = new ScriptedMemcached((count, key, flags, value) -> {
            never.await();
            return null;
        })) {
            BenchReport report = run(Configs.timingOut(server.port(), TimeUnit.SECONDS.toNanos(1)));

            assertThat(report.ended()).isEqualTo("no answer from 127.0.0.1:" + server.port() + " within 1000 ms");
        }
    }

    @Test
    void aPortNobodyListensOnIsSaid() throws Exception {
        int port;
        try (var closed = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = closed.getLocalPort();
        }

        assertThat(run(Configs.gets(port, 1, 1, 1)).ended())
                .isEqualTo("cannot connect to 127.0.0.1:" + port + ": connection refused");
    }

    @Test
    void anOpenLoopAsksAsOftenAsItShall() throws Exception {
        try (var server =
                new ScriptedMemcached((count, key, flags, value) -> ScriptedMemcached.right(key, flags, value))) {
            BenchReport report = run(Configs.rate(server.port(), 3, 1_000));

            assertThat(report.ended()).isEmpty();
            assertThat(report.latencies().requests())
                    .as("0.1 s of 1000 a second")
                    .isEqualTo(100);
            assertThat(report.isGood()).isTrue();
        }
    }

    /** What was measured until the server had answered so many gets, each after the reply before it was read. */
    private static BenchReport afterGets(int gets, ScriptedMemcached.Gets script) throws Exception {
        try (var server = new ScriptedMemcached(script);
                var bench = bench(Configs.gets(server.port(), 1, 1, 1))) {
            CompletableFuture<BenchReport> result = bench.start();
            await().atMost(LIMIT).until(() -> server.gets() >= gets || result.isDone());
            bench.stop("enough");
            return result.get(30, TimeUnit.SECONDS);
        }
    }

    private static BenchReport run(BenchConfig config) throws Exception {
        try (var bench = bench(config)) {
            return bench.start().get(50, TimeUnit.SECONDS);
        }
    }

    private static Bench bench(BenchConfig config) throws IOException {
        return new Bench(config, new SystemClock(), interval -> {});
    }
}
