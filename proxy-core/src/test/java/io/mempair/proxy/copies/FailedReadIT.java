package io.mempair.proxy.copies;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.mempair.proxy.config.ClientPolicy;
import io.mempair.proxy.config.Distribution;
import io.mempair.proxy.config.FailedRead;
import io.mempair.proxy.config.PoolConfig;
import io.mempair.proxy.config.ServerAddress;
import io.mempair.proxy.testkit.Memcached;
import io.mempair.proxy.testkit.NoLeaks;
import io.mempair.proxy.testkit.Packets;
import io.mempair.proxy.testkit.RawClient;
import io.mempair.proxy.testkit.RunningProxy;
import io.mempair.proxy.testkit.ScriptedServer;
import io.mempair.proxy.testkit.Stats;
import io.mempair.proxy.testkit.TestTimeouts;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code failed-read: miss}: two servers, one of them dead, and a client for which an error is the end of the proxy. */
@ExtendWith(NoLeaks.class)
@Timeout(60)
class FailedReadIT {

    private static final String LOST = "SERVER_ERROR server unavailable";

    private Memcached living;
    private Memcached dead;
    private RunningProxy proxy;
    private RawClient client;

    /** Keys of the server that lives, and of the one that does not. */
    private String here;

    private String gone;

    @BeforeEach
    void start() throws Exception {
        living = Memcached.started();
        dead = Memcached.started();
        proxy = proxy(List.of(), FailedRead.MISS);
        client = proxy.client();
        for (int i = 0; here == null || gone == null; i++) {
            String set = "set key" + i + " 0 0 1\r\n" + i % 10 + "\r\n";
            assertThat(client.ask(set, "STORED\r\n")).isEqualTo("STORED\r\n");
            try (RawClient straight = living.client()) {
                boolean isHere = !straight.send("get key" + i + "\r\n").line().equals("END");
                here = isHere ? "key" + i : here;
                gone = isHere ? gone : "key" + i;
            }
        }
        dead.kill();
        awaitDown(1);
    }

    private RunningProxy proxy(List<ServerAddress> backups, FailedRead failedRead) throws Exception {
        PoolConfig pool = new PoolConfig(
                List.of(living.address(), dead.address()), backups, Distribution.MODULO, TestTimeouts.PATIENT);
        return RunningProxy.over(pool, ClientPolicy.OPEN.with(failedRead));
    }

    private void awaitDown(int servers) {
        await().atMost(Duration.ofSeconds(30))
                .untilAsserted(() -> assertThat(Stats.of(client, "stats"))
                        .containsEntry("proxy_servers_down", String.valueOf(servers)));
    }

    @AfterEach
    void stop() throws Exception {
        client.close();
        proxy.close();
        dead.close();
        living.close();
    }

    @ParameterizedTest
    @CsvSource({
        "get K,             END",
        "gets K,            END",
        "gat 0 K,           END",
        "get K K K,         END",
        "mg K v,            EN",
        "mg K v k O17 q t,  ''",
        "mg K k v O17,      EN kK O17",
        "mg K T0 v,         EN",
    })
    void aReadOfADeadServersKeyIsAMissInTheServersOwnForm(String request, String answer) throws Exception {
        client.send(request.replace("K", gone) + "\r\nmn\r\n");

        String expected = answer.isEmpty() ? "" : answer.replace("K", gone) + "\r\n";
        assertThat(client.receive(expected.length() + 4)).isEqualTo(expected + "MN\r\n");
    }

    @Test
    void anEncodedKeyIsToldInAMissAsItWasAskedFor() throws Exception {
        String encoded = java.util.Base64.getEncoder().encodeToString(gone.getBytes(StandardCharsets.US_ASCII));

        assertThat(client.send("mg " + encoded + " b O1 k\r\n").line()).isEqualTo("EN O1 k" + encoded + " b");
    }

    @Test
    void ofManyKeysTheLivingAreAnsweredAndTheOthersCounted() throws Exception {
        client.send("get " + gone + ' ' + here + ' ' + gone + "\r\n");

        assertThat(client.line()).startsWith("VALUE " + here);
        client.line();
        assertThat(client.line()).isEqualTo("END");
        assertThat(client.send("get " + gone + "\r\n").line()).isEqualTo("END");
        assertThat(Stats.of(client, "stats proxy")).containsEntry("proxy_keys_missed_by_failure", "3");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "set K 0 0 1\r\n1",
                "add K 0 0 1\r\n1",
                "delete K",
                "incr K 1",
                "touch K 0",
                "ms K 1\r\n1",
                "md K",
                "ma K",
                "mg K N30 v",
                "me K",
            })
    void whatIsNoReadAloneStillHearsOfTheFailure(String request) throws Exception {
        assertThat(client.send(request.replace("K", gone) + "\r\n").line()).isEqualTo(LOST);
    }

    @Test
    void aBinaryReadIsAMissAndAQuietOneSilent() throws Exception {
        try (RawClient binary = proxy.client()) {
            byte[] answer = binary.send(Packets.of("get " + gone + "|getkq " + gone + "|noop"))
                    .receive(24 + "Not found".length() + 24)
                    .getBytes(StandardCharsets.ISO_8859_1);

            assertThat(answer).hasSize(57);
            assertThat(answer[7]).as("status of the get").isEqualTo((byte) 1);
            assertThat(answer[34]).as("opcode of what follows").isEqualTo((byte) 0x0A);
        }
    }

    @Test
    void withTwoCopiesOnlyTheLossOfBothIsAMiss() throws Exception {
        try (Memcached backup = Memcached.started();
                RunningProxy two = proxy(List.of(backup.address()), FailedRead.MISS);
                RawClient reader = two.client()) {
            assertThat(reader.ask("set " + gone + " 0 0 1\r\n7\r\n", "STORED\r\n"))
                    .isEqualTo("STORED\r\n");
            assertThat(reader.send("get " + gone + "\r\n").line()).startsWith("VALUE");
            assertThat(reader.line() + reader.line()).isEqualTo("7END");
            backup.kill();
            await().atMost(Duration.ofSeconds(30))
                    .untilAsserted(
                            () -> assertThat(Stats.of(reader, "stats")).containsEntry("proxy_servers_down", "2"));

            assertThat(reader.send("get " + gone + "\r\n").line()).isEqualTo("END");
            assertThat(reader.send("get " + gone + ' ' + gone + "\r\n").line()).isEqualTo("END");
            assertThat(reader.send("mg " + gone + " v O3\r\n").line()).isEqualTo("EN O3");
            assertThat(reader.send("mg " + gone + " v N30\r\n").line()).isEqualTo(LOST);
            assertThat(reader.send("add " + gone + " 0 0 1\r\n8\r\n").line()).isEqualTo(LOST);
        }
    }

    @Test
    void anErrorIsTheDefault() throws Exception {
        try (RunningProxy plain = proxy(List.of(), FailedRead.ERROR);
                RawClient reader = plain.client()) {
            assertThat(reader.send("get " + gone + "\r\n").line()).isEqualTo(LOST);
            assertThat(reader.send("mg " + gone + " v\r\n").line()).isEqualTo(LOST);
            assertThat(ClientPolicy.OPEN.failedRead()).isEqualTo(FailedRead.ERROR);
        }
    }

    @Test
    void aValueThatBrokeOffEndsTheConnectionAndIsNoMiss() throws Exception {
        try (ScriptedServer server = ScriptedServer.playing((line, connection) -> {
                    connection.send(line.startsWith("mg") ? "VA 10\r\n12345" : "VALUE k 0 10\r\n12345");
                    connection.close();
                });
                RunningProxy broken = RunningProxy.over(
                        new PoolConfig(List.of(server.address()), List.of(), Distribution.MODULO, TestTimeouts.PATIENT),
                        ClientPolicy.OPEN.with(FailedRead.MISS))) {
            for (String request : List.of("get k", "mg k v")) {
                await().atMost(Duration.ofSeconds(30)).untilAsserted(() -> {
                    try (RawClient reader = broken.client()) {
                        assertThat(reader.send(request + "\r\n").rest()).endsWith("12345");
                    }
                });
            }
        }
    }
}
