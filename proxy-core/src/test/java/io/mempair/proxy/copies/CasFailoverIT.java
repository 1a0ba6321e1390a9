package io.mempair.proxy.copies;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.mempair.proxy.testkit.Memcached;
import io.mempair.proxy.testkit.NoLeaks;
import io.mempair.proxy.testkit.ReplicaStatuses;
import io.mempair.proxy.testkit.RunningProxy;
import io.mempair.proxy.testkit.TextClient;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What a cas id is worth when the server that showed it is lost, returns, or is replaced. With servers that take ids it holds
 * at the other copy; with those that do not it is refused, and never overwrites what the client has not read.
 */
@ExtendWith(NoLeaks.class)
@Timeout(60)
class CasFailoverIT {

    private Memcached primary;
    private Memcached backup;
    private RunningProxy proxy;
    private TextClient client;

    /** Whether the program that runs here takes ids. */
    private boolean shared;

    @BeforeEach
    void start() throws Exception {
        primary = Memcached.started();
        backup = Memcached.started();
        shared = primary.takesIds();
        proxy = RunningProxy.withBackups(List.of(primary.address()), List.of(backup.address()));
        client = TextClient.connect(proxy.port());
    }

    @AfterEach
    void stop() throws Exception {
        client.close();
        proxy.close();
        backup.close();
        primary.close();
    }

    private long id(String key) throws Exception {
        return client.retrieve("gets " + key).items().get(0).cas();
    }

    private String value(String key) throws Exception {
        return client.retrieve("get " + key).items().get(0).value();
    }

    private String cas(String key, String value, long id) throws Exception {
        return client.ask("cas " + key + " 0 0 " + value.length() + ' ' + id + "\r\n" + value + "\r\n");
    }

    private static String idAt(Memcached server, String key) throws Exception {
        try (TextClient direct = TextClient.connect(server.address().port())) {
            return direct.ask("mg " + key + " c\r\n");
        }
    }

    private static void until(String what, Callable<Boolean> condition) {
        await(what).atMost(Duration.ofSeconds(20)).until(condition);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "set k 0 0 1|a|",
                "delete k|add k 0 0 1|a|",
                "replace k 0 0 1|a|",
                "append k 0 0 1|a|",
                "prepend k 7 9 1|a|",
                "ms k 1|a|",
                "ms k 1 T100 F7|a|",
                "ms k 1 ME|x|ms k 1 MR|a|",
                "ms k 1 MA|a|",
                "set k 0 0 1 noreply|a|",
                "set k 0 0 1|a|touch k 100|",
                "set k 0 0 1|a|gat 100 k|",
            })
    void anIdReadBeforeTheLossOfAServerIsUsedAfterIt(String writes) throws Exception {
        client.ask("set k 0 0 1\r\n0\r\n");
        client.send(writes.replace("|", "\r\n") + "mn\r\n");
        until("all is written", () -> client.line().equals("MN"));
        long read = id("k");

        primary.kill();

        assertThat(cas("k", "new", read)).isEqualTo(shared ? "STORED" : "EXISTS");
        assertThat(cas("k", "lost", read)).as("a second time").isEqualTo("EXISTS");
        assertThat(cas("k", "again", id("k"))).isEqualTo("STORED");
        assertThat(value("k")).isEqualTo("again");
    }

    @Test
    void anIdThatIsStaleIsRefusedAtBothCopies() throws Exception {
        client.ask("set k 0 0 1\r\n1\r\n");
        long read = id("k");
        client.ask("set k 0 0 1\r\n2\r\n");

        assertThat(cas("k", "lost", read)).isEqualTo("EXISTS");
        primary.kill();
        assertThat(cas("k", "lost", read)).isEqualTo("EXISTS");
        assertThat(client.ask("ms k 4 MA C" + read + "\r\nlost\r\n")).isEqualTo("EX");
        assertThat(client.ask("md k C" + read + "\r\n")).isEqualTo("EX");
        assertThat(value("k")).isEqualTo("2");
    }

    /** Of a counter no server can be told the id: it is as if the servers took none. */
    @ParameterizedTest
    @ValueSource(strings = {"incr k 1", "decr k 1", "ma k", "ma k D90"})
    void anIdOfACounterIsRefusedAfterTheLossAndChangesNothing(String count) throws Exception {
        client.ask("set k 0 0 1\r\n9\r\n");
        client.ask(count + "\r\n");
        String before = value("k");
        long read = id("k");

        primary.kill();

        assertThat(client.ask("ma k C" + read + "\r\n")).isEqualTo("EX");
        assertThat(client.ask("ms k 1 MA C" + read + "\r\n1\r\n")).isEqualTo("EX");
        assertThat(cas("k", "5", read)).isEqualTo("EXISTS");
        assertThat(value("k")).isEqualTo(before);
        assertThat(client.ask("ma k C" + id("k") + "\r\n")).isEqualTo("HD");
    }

    @Test
    void anIdOutlivesARestartAndTheRefill() throws Exception {
        client.ask("set k 7 0 1\r\n1\r\n");
        long read = id("k");
        primary.kill();
        primary.start();
        ReplicaStatuses.awaitNoneOut(proxy);
        assertThat(value("k")).isEqualTo("1");
        until("the primary has it again", () -> idAt(primary, "k").startsWith("HD"));

        if (shared) {
            assertThat(idAt(primary, "k")).isEqualTo(idAt(backup, "k"));
            assertThat(id("k")).isEqualTo(read);
        }
        assertThat(cas("k", "2", read)).isEqualTo(shared ? "STORED" : "EXISTS");
        assertThat(cas("k", "3", id("k"))).isEqualTo("STORED");
    }

    @Test
    void bothCopiesHaveOneIdExactlyIfBothServersTakeIt() throws Exception {
        client.ask("set k 0 0 1\r\n1\r\n");
        try (TextClient direct = TextClient.connect(primary.address().port())) {
            direct.ask("set other 0 0 1\r\n1\r\n");
        }
        client.ask("replace k 0 0 1\r\n2\r\n");

        assertThat(idAt(primary, "k").equals(idAt(backup, "k"))).isEqualTo(shared);
    }

    @Test
    void anIdTheClientChoseStaysItsOwn() throws Exception {
        long chosen = 1_790_000_000_000_000L;
        String answer = client.ask("ms k 1 E" + chosen + " c\r\n1\r\n");

        if (shared) {
            assertThat(answer).isEqualTo("HD c" + chosen);
            primary.kill();
            assertThat(id("k")).isEqualTo(chosen);
            assertThat(client.ask("ms k 1 C" + chosen + " E" + (chosen + 1) + " c\r\n2\r\n"))
                    .isEqualTo("HD c" + (chosen + 1));
        } else {
            assertThat(answer).isEqualTo("CLIENT_ERROR invalid flag");
        }
    }
}
