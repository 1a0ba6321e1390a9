package io.mempair.proxy.recovery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.mempair.proxy.config.ClientLimits;
import io.mempair.proxy.config.Distribution;
import io.mempair.proxy.config.PoolConfig;
import io.mempair.proxy.config.ServerAddress;
import io.mempair.proxy.config.ServerTimeouts;
import io.mempair.proxy.config.TransportChoice;
import io.mempair.proxy.testkit.NoLeaks;
import io.mempair.proxy.testkit.RawClient;
import io.mempair.proxy.testkit.RunningProxy;
import io.mempair.proxy.testkit.ScriptedServer;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/** What a proxy still sends its servers when its lease is over, or it has stepped down: nothing that a client asked for. */
@ExtendWith(NoLeaks.class)
@Timeout(60)
class SteppedDownTest {

    private static final int ONE_LOOP = 1;
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private final AtomicReference<RunningProxy> proxy = new AtomicReference<>();

    /** Longer than any test waits for something else. */
    private static final ServerTimeouts PATIENT = new ServerTimeouts(
            Duration.ofSeconds(5),
            Duration.ofSeconds(30),
            Duration.ofSeconds(30),
            Duration.ofMillis(20),
            Duration.ofMillis(100));

    private RunningProxy start(List<ServerAddress> primaries, List<ServerAddress> backups, ClientLimits limits)
            throws Exception {
        RunningProxy started = RunningProxy.start(primaries, backups, limits, ONE_LOOP, TransportChoice.AUTO);
        started.reload(new PoolConfig(primaries, backups, Distribution.MODULO, PATIENT), limits);
        proxy.set(started);
        return started;
    }

    private void endLease() {
        proxy.get().server().lease(System.nanoTime());
    }

    private static ClientLimits oneInFlight() {
        ClientLimits usual = ClientLimits.DEFAULT;
        return new ClientLimits(
                usual.maxClients(), 1, usual.maxValueBytes(), usual.maxUnreadBytes(), usual.maxBufferedBytes());
    }

    @Test
    void aRequestThatWasReadButHadToWaitIsNotSentWhenTheLeaseIsOver() throws Exception {
        try (ScriptedServer server = ScriptedServer.playing((line, connection) -> {
                    endLease();
                    connection.send("END\r\n");
                });
                RunningProxy running = start(List.of(server.address()), List.of(), oneInFlight());
                RawClient client = running.client()) {
            client.send("get a\r\nget b\r\nget c\r\n");

            assertThat(client.rest()).isIn("END\r\n", "");
            assertThat(server.lines()).containsExactly("get a");
        }
    }

    @Test
    void whatFollowsAnAnswerIsNotSentWhenTheLeaseIsOver() throws Exception {
        try (ScriptedServer decides = ScriptedServer.playing((line, connection) -> {
                    endLease();
                    connection.send("2\r\n");
                });
                ScriptedServer follows = ScriptedServer.playing((line, connection) -> connection.send("2\r\n"));
                RunningProxy running =
                        start(List.of(decides.address()), List.of(follows.address()), ClientLimits.DEFAULT);
                RawClient client = running.client()) {
            client.send("incr k 1\r\n");

            assertThat(client.rest()).isNotEqualTo("2\r\n2\r\n");
            assertThat(decides.lines()).hasSize(1);
            // the proxy connects anew to a server it had something for, or an answer to come from, and may not use it
            await().atMost(PATIENCE).until(() -> follows.connections() > 1 || decides.connections() > 1);
            assertThat(follows.lines()).isEmpty();
        }
    }

    @Test
    void aWriteThatWaitedForItsTurnIsNotSentWhenTheLeaseIsOver() throws Exception {
        try (ScriptedServer one = ScriptedServer.playing((line, connection) -> {
                    if (line.startsWith("incr")) {
                        endLease();
                    }
                    connection.send("2\r\n");
                });
                ScriptedServer other = ScriptedServer.playing((line, connection) -> connection.send("2\r\n"));
                RunningProxy running = start(List.of(one.address()), List.of(other.address()), ClientLimits.DEFAULT);
                RawClient client = running.client()) {
            client.send("incr k 1\r\ndelete k\r\ndelete k\r\n");
            client.rest();

            assertThat(one.lines())
                    .filteredOn(line -> line.startsWith("delete"))
                    .isEmpty();
            assertThat(other.lines()).isEmpty();
        }
    }

    /** What the socket did not take before is still with the proxy, and its kernel, when the lease ends. */
    @Test
    void whatAStoppedServerHasNotReadIsTakenBackWhenTheLeaseEnds() throws Exception {
        CountDownLatch goesOn = new CountDownLatch(1);
        int values = 24;
        String value = "x".repeat(1 << 20);
        try (ScriptedServer server = ScriptedServer.playing((line, connection) -> {
                    if (line.startsWith("get")) {
                        awaitQuietly(goesOn);
                    }
                    if (line.startsWith("set")) {
                        connection.data(value.length());
                    }
                    connection.send(line.startsWith("set") ? "STORED\r\n" : "END\r\n");
                });
                RunningProxy running = start(List.of(server.address()), List.of(), ClientLimits.DEFAULT)) {
            try (RawClient client = running.client()) {
                client.send("get stop\r\n");
                await().atMost(PATIENCE).until(() -> server.lines().size() == 1);
                Thread sets = new Thread(() -> sendQuietly(client, values, value));
                sets.start();
                sets.join(3_000);
                int before = server.connections();

                running.server().lease(System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(100));

                await().atMost(PATIENCE).until(() -> server.connections() > before);
                goesOn.countDown();
                sets.join(PATIENCE.toMillis());
                // whoever reads from the old connection meets its reset, and the new one says nothing but a greeting
                await().atMost(PATIENCE)
                        .until(() -> running.server().health().servers().get(0).up());
                assertThat(server.lines())
                        .filteredOn(line -> line.startsWith("set"))
                        .hasSizeLessThan(values);
            }
        }
    }

    private static void sendQuietly(RawClient client, int values, String value) {
        try {
            for (int i = 0; i < values; i++) {
                client.send("set k" + i + " 0 0 " + value.length() + "\r\n" + value + "\r\n");
            }
        } catch (Exception dropped) {
            // that is what is expected of the proxy
        }
    }

    private static void awaitQuietly(CountDownLatch latch) {
        try {
            latch.await(PATIENCE.toSeconds(), TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Test
    void aRequestThatIsStillUnansweredAtTheEndOfADrainIsGivenUpWithItsConnection() throws Exception {
        try (ScriptedServer mute = ScriptedServer.playing((line, connection) -> {});
                RunningProxy running = start(List.of(mute.address()), List.of(), ClientLimits.DEFAULT);
                RawClient client = running.client()) {
            client.send("get a\r\n");
            await().atMost(PATIENCE).until(() -> mute.lines().size() == 1);
            int before = mute.connections();

            RunningProxy.await(running.server().drain(Duration.ofMillis(50)));

            await().atMost(PATIENCE).until(() -> mute.connections() > before);
            assertThat(client.line()).startsWith("SERVER_ERROR");
        }
    }

    @Test
    void aConnectionThatOwesNothingOutlivesADrainAndServesAgain() throws Exception {
        try (ScriptedServer server = ScriptedServer.playing((line, connection) -> connection.send("END\r\n"));
                RunningProxy running = start(List.of(server.address()), List.of(), ClientLimits.DEFAULT);
                RawClient client = running.client()) {
            assertThat(client.send("get a\r\n").line()).isEqualTo("END");
            int before = server.connections();

            RunningProxy.await(running.server().drain(Duration.ofSeconds(1)));
            RunningProxy.await(running.server().open());

            assertThat(client.send("get b\r\n").line()).isEqualTo("END");
            assertThat(server.connections()).isEqualTo(before);
        }
    }
}
