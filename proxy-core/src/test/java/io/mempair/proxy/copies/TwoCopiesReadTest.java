package io.mempair.proxy.copies;

import static org.assertj.core.api.Assertions.assertThat;

import io.mempair.proxy.config.CopyPolicy;
import io.mempair.proxy.config.Distribution;
import io.mempair.proxy.config.PoolConfig;
import io.mempair.proxy.config.ServerTimeouts;
import io.mempair.proxy.replication.Key;
import io.mempair.proxy.replication.RefillLease;
import io.mempair.proxy.replication.ReplicaState;
import io.mempair.proxy.replication.ReplicaStatus;
import io.mempair.proxy.replication.ServerIdentity;
import io.mempair.proxy.server.ProxyInternals;
import io.mempair.proxy.testkit.NoLeaks;
import io.mempair.proxy.testkit.RawClient;
import io.mempair.proxy.testkit.RunningProxy;
import io.mempair.proxy.testkit.ScriptedServer;
import io.mempair.proxy.testkit.TestTimeouts;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Reads of keys with two copies when a server is slow, breaks off, or is lost in between. */
@ExtendWith(NoLeaks.class)
@Timeout(60)
class TwoCopiesReadTest {

    private static final CopyPolicy HEDGED =
            new CopyPolicy(CopyPolicy.Acknowledge.ALL, true, 1 << 20, 0, Duration.ofDays(1), Duration.ofHours(1));

    /** Long enough that no slow machine makes a timeout of what is only slow on purpose. */
    private static final ServerTimeouts PATIENT = new ServerTimeouts(
            Duration.ofSeconds(5),
            Duration.ofSeconds(20),
            Duration.ofSeconds(5),
            Duration.ofMillis(20),
            Duration.ofMillis(100));

    private static final Key KEY = Key.of(new byte[] {'a'}, 0, 1);

    @ParameterizedTest
    @ValueSource(strings = {"get a", "get a b", "gat 0 a", "mg a v", "mg a k O7"})
    void aLookupThatIsLostIsNoMiss(String request) throws Exception {
        try (ScriptedServer primary = ScriptedServer.playing(TwoCopiesReadTest::miss);
                ScriptedServer backup = ScriptedServer.playing((line, connection) -> connection.close());
                RunningProxy proxy = RunningProxy.over(new PoolConfig(
                                List.of(primary.address()),
                                List.of(backup.address()),
                                Distribution.MODULO,
                                TestTimeouts.PATIENT)
                        .with(CopyPolicy.DEFAULT.waitingForLastCopy(Duration.ofMillis(200))));
                RawClient client = proxy.client()) {
            refill(proxy);

            assertThat(client.send(request + "\r\n").line()).startsWith("SERVER_ERROR ");
            assertThat(client.send("mn\r\n").line()).isEqualTo("MN");
            assertThat(backup.lines()).isNotEmpty();
        }
    }

    /** The servers answer nothing else, so that none is made right and comes back meanwhile. */
    @ParameterizedTest
    @CsvSource({"get a, END", "get a b, END", "gat 0 a, END", "mg a v, EN"})
    void aServerThatMissedAWriteIsNotRead(String request, String missAtPrimary) throws Exception {
        ScriptedServer.ServerScript onlyMisses = (line, connection) -> {
            if (line.equals(request) || line.equals(request + " f")) {
                miss(line, connection);
            }
        };
        try (ScriptedServer primary = ScriptedServer.playing(onlyMisses);
                ScriptedServer backup = ScriptedServer.playing(onlyMisses);
                RunningProxy proxy = RunningProxy.withBackups(List.of(primary.address()), List.of(backup.address()))) {
            proxy.reload(patientPool(primary, backup), proxy.config().limits());
            try (RawClient client = proxy.client()) {
                refill(proxy);
                replica(proxy, 1).giveUp();
                assertThat(replica(proxy, 1).missed(KEY)).isTrue();
                assertThat(client.send(request + "\r\n").line()).isEqualTo(missAtPrimary);
                assertThat(backup.lines()).doesNotContain(request, request + " f");

                assertThat(replica(proxy, 0).missed(KEY)).as("the last copy").isFalse();
                assertThat(client.send(request + "\r\n").line()).isEqualTo("SERVER_ERROR server unavailable");
            }
        }
    }

    private static void miss(String line, ScriptedServer.ScriptedConnection connection) throws IOException {
        connection.send(line.startsWith("mg") ? "EN\r\n" : "END\r\n");
    }

    @ParameterizedTest
    @ValueSource(strings = {"get a", "get a b", "gets a", "gat 0 a", "gat 0 a b"})
    void theMarkOfARefillInCrumbsIsNotSeen(String request) throws Exception {
        String mark = "VALUE a " + RefillLease.FLAGS + " 0 7\r\n\r\nEND\r\n";
        try (ScriptedServer primary = ScriptedServer.playing((line, connection) -> {
                    for (int i = 0; i < mark.length(); i++) {
                        connection.send(mark.substring(i, i + 1));
                    }
                });
                ScriptedServer backup =
                        ScriptedServer.playing((line, connection) -> connection.send("VALUE a 1 0 7\r\n\r\nEND\r\n"));
                RunningProxy proxy = RunningProxy.withBackups(List.of(primary.address()), List.of(backup.address()));
                RawClient client = proxy.client()) {
            client.send(request.replace(" b", "") + "\r\n");

            assertThat(client.line()).startsWith("VALUE a 1 0");
            assertThat(client.receive("\r\nEND\r\n".length())).isEqualTo("\r\nEND\r\n");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"gat 9 a", "gat 9 a a", "mg a T9 v"})
    void aBackupThatMayNotHaveHeardOfALifetimeIsOut(String request) throws Exception {
        try (ScriptedServer primary = ScriptedServer.playing((line, connection) ->
                        connection.send(line.startsWith("mg") ? "VA 1 f0\r\nx\r\n" : "VALUE a 0 1\r\nx\r\nEND\r\n"));
                ScriptedServer backup = ScriptedServer.playing((line, connection) -> connection.close());
                RunningProxy proxy = RunningProxy.withBackups(List.of(primary.address()), List.of(backup.address()));
                RawClient client = proxy.client()) {
            assertThat(client.send(request + "\r\n").line())
                    .isEqualTo(request.startsWith("mg") ? "VA 1" : "VALUE a 0 1");
            assertThat(client.receive(3)).isEqualTo("x\r\n");
            client.send("mn\r\n");
            String line = client.line();
            while (!line.equals("MN")) {
                assertThat(line).isIn("END", "VALUE a 0 1", "x");
                line = client.line();
            }

            assertThat(replica(proxy, 1).status()).isEqualTo(ReplicaStatus.OUT);
            assertThat(backup.lines()).startsWith(request.startsWith("mg") ? "mg a T9" : "touch a 9");
        }
    }

    @Test
    void aSlowReadIsAskedOfTheBackupTooAndTheSlowAnswerIsSwallowed() throws Exception {
        CountDownLatch backupAsked = new CountDownLatch(1);
        try (ScriptedServer primary = ScriptedServer.playing((line, connection) -> {
                    if (line.endsWith("slow") || line.startsWith("mg slow")) {
                        await(backupAsked);
                    }
                    connection.send(answer(line, "primary"));
                });
                ScriptedServer backup = ScriptedServer.playing((line, connection) -> {
                    connection.send(answer(line, "backup"));
                    if (line.endsWith("done")) {
                        backupAsked.countDown();
                    }
                });
                RunningProxy proxy = RunningProxy.withBackups(List.of(primary.address()), List.of(backup.address()));
                RawClient client = proxy.client()) {
            hedge(proxy, primary, backup);
            for (int i = 0; i < 200; i++) {
                assertThat(value(client, "fast")).isIn("primary", "backup");
            }

            assertThat(value(client, "slow")).isEqualTo("backup");
            assertThat(client.send("mg slow v\r\n").line()).isEqualTo("VA 6");
            assertThat(client.line()).isEqualTo("backup");
            assertThat(value(client, "slow")).isEqualTo("backup");
            // the backup lets the primary go; what was late belongs to nobody
            assertThat(value(client, "done")).isEqualTo("backup");
            for (int i = 0; i < 200; i++) {
                assertThat(value(client, "key" + i)).isIn("primary", "backup");
            }
        }
    }

    @Test
    void aMissOfTheFirstToAnswerIsTheAnswerAndNobodyElseIsHarmed() throws Exception {
        CountDownLatch over = new CountDownLatch(1);
        try (ScriptedServer primary = ScriptedServer.playing((line, connection) -> {
                    if (line.endsWith("slow")) {
                        await(over);
                        connection.close();
                    } else {
                        connection.send(answer(line, "primary"));
                    }
                });
                ScriptedServer backup = ScriptedServer.playing((line, connection) ->
                        connection.send(line.endsWith("slow") ? "END\r\n" : answer(line, "backup")));
                RunningProxy proxy = RunningProxy.withBackups(List.of(primary.address()), List.of(backup.address()));
                RawClient client = proxy.client()) {
            hedge(proxy, primary, backup);
            for (int i = 0; i < 200; i++) {
                value(client, "fast");
            }

            assertThat(client.send("get slow\r\n").line()).isEqualTo("END");
            over.countDown();
            assertThat(value(client, "fast")).isIn("primary", "backup");
        }
    }

    @Test
    void anErrorOfTheFirstToAnswerIsNotTheAnswerWhileTheOtherIsAsked() throws Exception {
        CountDownLatch refused = new CountDownLatch(1);
        try (ScriptedServer primary = ScriptedServer.playing((line, connection) -> {
                    if (line.endsWith("slow")) {
                        await(refused);
                    }
                    connection.send(answer(line, "primary"));
                });
                ScriptedServer backup = ScriptedServer.playing((line, connection) -> {
                    if (line.endsWith("slow")) {
                        connection.send("SERVER_ERROR out of memory writing get response\r\n");
                    } else {
                        connection.send(answer(line, "backup"));
                        refused.countDown();
                    }
                });
                RunningProxy proxy = RunningProxy.withBackups(List.of(primary.address()), List.of(backup.address()));
                RawClient client = proxy.client()) {
            hedge(proxy, primary, backup);
            for (int i = 0; i < 200; i++) {
                value(client, "fast");
            }

            // the primary is let go by the second key, which the backup is asked for behind the first
            client.send("get slow\r\nget done\r\n");

            assertThat(client.line()).isEqualTo("VALUE slow 0 7");
        }
    }

    @Test
    void whileAServerIsRefilledNoReadIsHedged() throws Exception {
        CountDownLatch over = new CountDownLatch(1);
        try (ScriptedServer primary = ScriptedServer.playing((line, connection) -> {
                    if (line.endsWith("slow")) {
                        await(over);
                    }
                    connection.send(answer(line, "primary"));
                });
                ScriptedServer backup = ScriptedServer.playing((line, connection) -> connection.send("END\r\n"));
                RunningProxy proxy = RunningProxy.withBackups(List.of(primary.address()), List.of(backup.address()));
                RawClient client = proxy.client()) {
            hedge(proxy, primary, backup);
            refill(proxy);
            for (int i = 0; i < 200; i++) {
                assertThat(value(client, "fast")).isEqualTo("primary");
            }
            client.send("get slow\r\n");
            try (RawClient other = proxy.client()) {
                assertThat(other.send("version\r\n").line()).startsWith("VERSION");
            }
            over.countDown();
            assertThat(client.line()).isEqualTo("VALUE slow 0 7");
            assertThat(backup.lines()).isEmpty();
        }
    }

    private static String answer(String line, String data) {
        if (line.startsWith("mg")) {
            return "VA " + data.length() + " f0\r\n" + data + "\r\n";
        }
        String key = line.substring(line.lastIndexOf(' ') + 1);
        return "VALUE " + key + " 0 " + data.length() + "\r\n" + data + "\r\nEND\r\n";
    }

    private static String value(RawClient client, String key) throws IOException {
        assertThat(client.send("get " + key + "\r\n").line()).startsWith("VALUE " + key + " 0 ");
        String data = client.line();
        assertThat(client.line()).isEqualTo("END");
        return data;
    }

    private static void hedge(RunningProxy proxy, ScriptedServer primary, ScriptedServer backup) throws Exception {
        proxy.reload(patientPool(primary, backup).with(HEDGED), proxy.config().limits());
    }

    private static PoolConfig patientPool(ScriptedServer primary, ScriptedServer backup) {
        return new PoolConfig(List.of(primary.address()), List.of(backup.address()), Distribution.MODULO, PATIENT);
    }

    private static void refill(RunningProxy proxy) {
        replica(proxy, 0).connected(new ServerIdentity(2, 2));
        replica(proxy, 0).connected(new ServerIdentity(3, 3));
        assertThat(replica(proxy, 0).status()).isEqualTo(ReplicaStatus.REFILLING);
    }

    private static ReplicaState replica(RunningProxy proxy, int server) {
        return ProxyInternals.replica(proxy, server);
    }

    private static void await(CountDownLatch latch) {
        try {
            if (!latch.await(30, TimeUnit.SECONDS)) {
                throw new AssertionError("never released");
            }
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }
}
