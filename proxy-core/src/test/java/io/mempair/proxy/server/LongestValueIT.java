package io.mempair.proxy.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.mempair.proxy.config.ClientLimits;
import io.mempair.proxy.config.TransportChoice;
import io.mempair.proxy.testkit.Memcached;
import io.mempair.proxy.testkit.NoLeaks;
import io.mempair.proxy.testkit.RawClient;
import io.mempair.proxy.testkit.RunningProxy;
import io.mempair.proxy.testkit.ScriptedServer;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** How long a value may be is learned from the servers. */
@ExtendWith(NoLeaks.class)
@Timeout(60)
class LongestValueIT {

    private static final String TOO_LARGE = "SERVER_ERROR object too large for cache";

    @Test
    void aValueThatServersTakeIsTakenAndALongerOneIsRefusedAsMemcachedDoes() throws Exception {
        try (Memcached server = Memcached.started("-I", "4m");
                RunningProxy proxy = RunningProxy.inFrontOf(server.address());
                RawClient client = proxy.client()) {
            assertThat(client.send(set("a", 3 << 20)).line()).isEqualTo("STORED");
            assertThat(client.send("get a\r\n").line()).isEqualTo("VALUE a 0 " + (3 << 20));
            client.receive((3 << 20) + "\r\nEND\r\n".length());

            assertThat(client.send(set("a", (4 << 20) + 1)).line()).isEqualTo(TOO_LARGE);
            assertThat(client.send("get a\r\n").line()).isEqualTo("END");
        }
    }

    @Test
    void theServerItselfAnswersWhatOnlyAnotherServerWouldTake() throws Exception {
        try (Memcached large = Memcached.started("-I", "2m");
                Memcached small = Memcached.started();
                RunningProxy proxy = RunningProxy.inFrontOf(large.address(), small.address());
                RawClient client = proxy.client()) {
            int stored = 0;
            int refused = 0;
            for (int i = 0; i < 16; i++) {
                String answer = client.send(set("k" + i, 1_500_000)).line();
                stored += answer.equals("STORED") ? 1 : 0;
                refused += answer.equals(TOO_LARGE) ? 1 : 0;
            }
            assertThat(stored).isPositive();
            assertThat(refused).isPositive();
            assertThat(stored + refused).isEqualTo(16);
        }
    }

    @Test
    void theLimitOfTheOperatorIsNotRaisedByServers() throws Exception {
        try (Memcached server = Memcached.started("-I", "4m");
                RunningProxy proxy = RunningProxy.start(
                        List.of(server.address()),
                        List.of(),
                        new ClientLimits(10, 64, 2_000_000, 64 << 20, 128 << 20),
                        1,
                        TransportChoice.AUTO);
                RawClient client = proxy.client()) {
            assertThat(client.send(set("a", 2_000_000)).line()).isEqualTo("STORED");
            assertThat(client.send(set("a", 2_000_001)).line()).isEqualTo(TOO_LARGE);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"ERROR\r\n", "CLIENT_ERROR no\r\n", "END\r\n", "STAT item_size_max 1x\r\nEND\r\n", "RESET\r\n"})
    void aServerThatDoesNotSayIsServedWithMemcachedsDefault(String settings) throws Exception {
        try (ScriptedServer server = storing().sayingOfSettings(settings);
                RunningProxy proxy = RunningProxy.inFrontOf(server.address());
                RawClient client = proxy.client()) {
            assertThat(client.send(set("a", 1 << 20)).line()).isEqualTo("STORED");
            assertThat(client.send(set("a", (1 << 20) + 1)).line()).isEqualTo(TOO_LARGE);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "NO STATS HERE\r\n", "STAT item_size_max"})
    void aServerThatBreaksOffWhenAskedIsAskedNoMore(String settings) throws Exception {
        try (ScriptedServer server = storing().sayingOfSettings(settings);
                RunningProxy proxy = RunningProxy.inFrontOfSilent(server.address());
                RawClient client = proxy.client()) {
            await().atMost(10, TimeUnit.SECONDS)
                    .until(() -> client.send(set("a", 5)).line().equals("STORED"));
            // two connections each loop lost by asking, and the good one
            assertThat(server.connections()).isBetween(3, 6);
        }
    }

    private static ScriptedServer storing() throws Exception {
        return ScriptedServer.playing((line, connection) -> {
            String[] words = line.split(" ", -1);
            if (words[0].equals("set")) {
                connection.data(Integer.parseInt(words[4]));
                connection.send("STORED\r\n");
            } else {
                connection.send("NOT_FOUND\r\n");
            }
        });
    }

    private static String set(String key, int bytes) {
        return "set " + key + " 0 0 " + bytes + "\r\n" + "x".repeat(bytes) + "\r\n";
    }
}
