package io.mempair.proxy.copies;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.mempair.proxy.config.Distribution;
import io.mempair.proxy.config.PoolConfig;
import io.mempair.proxy.config.ServerTimeouts;
import io.mempair.proxy.testkit.Copies;
import io.mempair.proxy.testkit.Copies.StoredCopy;
import io.mempair.proxy.testkit.Memcached;
import io.mempair.proxy.testkit.NoLeaks;
import io.mempair.proxy.testkit.ReplicaStatuses;
import io.mempair.proxy.testkit.RunningProxy;
import io.mempair.proxy.testkit.TextClient;
import io.mempair.proxy.testkit.Wire;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/** The sixteen traps of two copies on plain memcached servers, each with the smallest story that falls into it. */
@ExtendWith(NoLeaks.class)
@Timeout(60)
class TrapsIT {

    private static final ServerTimeouts QUICK = new ServerTimeouts(
            Duration.ofSeconds(1),
            Duration.ofMillis(300),
            Duration.ofMillis(100),
            Duration.ofMillis(20),
            Duration.ofMillis(50));

    private Memcached primary;
    private Memcached backup;
    private Wire toBackup;
    private RunningProxy proxy;
    private TextClient client;

    @BeforeEach
    void start() throws Exception {
        primary = Memcached.started();
        backup = Memcached.started("-I", "512k");
        toBackup = Wire.to(backup);
        proxy = RunningProxy.over(
                new PoolConfig(List.of(primary.address()), List.of(toBackup.address()), Distribution.MODULO, QUICK));
        client = TextClient.connect(proxy.port());
    }

    @AfterEach
    void stop() throws Exception {
        client.close();
        proxy.close();
        toBackup.close();
        primary.close();
        backup.close();
    }

    private static String set(String key, String value) {
        return TextClient.storage("set", key, 0, 0, value);
    }

    private static @Nullable StoredCopy at(Memcached server, String key) throws IOException {
        return Copies.of(server, Set.of(key)).get(key);
    }

    private static @Nullable String valueAt(Memcached server, String key) throws IOException {
        StoredCopy copy = at(server, key);
        return copy == null ? null : copy.value();
    }

    private String read(String key) throws IOException {
        TextClient.Retrieved retrieved = client.retrieve("get " + key);
        assertThat(retrieved.error()).isEmpty();
        return retrieved.items().isEmpty() ? "" : retrieved.items().get(0).value();
    }

    private static void until(String what, Callable<Boolean> condition) {
        await(what).atMost(Duration.ofSeconds(20)).until(condition);
    }

    private void restart(Memcached server) throws Exception {
        server.kill();
        server.start();
        ReplicaStatuses.awaitUp(proxy);
        ReplicaStatuses.awaitNoneOut(proxy);
    }

    @Test
    void trap1AColdPrimaryAnswersWithWhatTheBackupHas() throws Exception {
        client.ask(set("k", "v"));
        restart(primary);

        assertThat(read("k")).isEqualTo("v");
        until("the primary has it again", () -> "v".equals(valueAt(primary, "k")));
    }

    @Test
    void trap2AStoppedPrimaryNeverAnswersWithWhatItMissed() throws Exception {
        client.ask(set("k", "old"));
        client.ask(set("gone", "old"));
        primary.freeze();
        assertThat(client.ask(set("k", "new"))).isEqualTo("STORED");
        assertThat(client.ask("delete gone\r\n")).isEqualTo("DELETED");

        primary.thaw();

        until("the primary is back", () -> {
            assertThat(read("k")).isEqualTo("new");
            assertThat(read("gone")).isEmpty();
            return "new".equals(valueAt(primary, "k"));
        });
        assertThat(valueAt(primary, "gone")).isNull();
    }

    @Test
    void trap3ADeletionDuringARefillIsNotUndone() throws Exception {
        client.ask(set("k", "v"));
        restart(primary);
        toBackup.delayAnswers(Duration.ofMillis(150));
        assertThat(read("k")).isEqualTo("v");
        until("the refill has begun", () -> valueAt(primary, "k") != null);

        try (TextClient one = TextClient.connect(backup.address().port());
                TextClient other = TextClient.connect(primary.address().port())) {
            assertThat(one.ask("delete k\r\n")).isEqualTo("DELETED");
            assertThat(other.ask("delete k\r\n")).isEqualTo("DELETED");
        }

        toBackup.delayAnswers(Duration.ZERO);
        assertThat(client.ask(set("behind it", "v").replace("behind it", "other")))
                .isEqualTo("STORED");
        await().during(Duration.ofMillis(500)).atMost(Duration.ofSeconds(5)).until(() -> valueAt(primary, "k") == null);
    }

    @Test
    void trap4ARefillKeepsFlagsAndLifetime() throws Exception {
        long fortyDays = 40L * 24 * 3_600;
        long nowSeconds = System.currentTimeMillis() / 1_000;
        client.ask(TextClient.storage("set", "for-ever", 7, 0, "a"));
        client.ask(TextClient.storage("set", "short", 4_294_967_295L, 100, "b"));
        client.ask(TextClient.storage("set", "long", 0, nowSeconds + fortyDays, "c"));
        restart(primary);

        for (String key : List.of("for-ever", "short", "long")) {
            read(key);
            until(key + " is refilled", () -> at(primary, key) != null && !"".equals(valueAt(primary, key)));
            StoredCopy refilled = at(primary, key);
            StoredCopy source = at(backup, key);
            assertThat(refilled.flags()).isEqualTo(source.flags());
            assertThat(refilled.lifetimeSeconds())
                    .isBetween(source.lifetimeSeconds() - 1, source.lifetimeSeconds() + 1);
        }
    }

    @Test
    void trap5AddAndReplaceOnAColdPrimarySeeWhatTheBackupHas() throws Exception {
        client.ask(set("k", "v"));
        client.ask(set("r", "v"));
        restart(primary);

        assertThat(client.ask(TextClient.storage("add", "k", 0, 0, "w"))).isEqualTo("NOT_STORED");
        assertThat(client.ask(TextClient.storage("replace", "r", 0, 0, "w"))).isEqualTo("STORED");
        assertThat(read("k")).isEqualTo("v");
        assertThat(valueAt(primary, "r")).isEqualTo("w");
        assertThat(valueAt(backup, "r")).isEqualTo("w");
    }

    @Test
    void trap6AnIdOfTheOtherServerNeverMatchesAnotherValue() throws Exception {
        boolean shared = primary.takesIds() && backup.takesIds();
        client.ask(set("k", "v"));
        long id = client.retrieve("gets k").items().get(0).cas();
        primary.kill();
        assertThat(read("k")).isEqualTo("v");

        assertThat(client.ask("cas k 0 0 4 " + id + "\r\nseen\r\n")).isEqualTo(shared ? "STORED" : "EXISTS");
        assertThat(client.ask("cas k 0 0 4 " + id + "\r\nlost\r\n")).isEqualTo("EXISTS");
        long now = client.retrieve("gets k").items().get(0).cas();
        assertThat(now).isNotEqualTo(id);
        assertThat(client.ask("cas k 0 0 3 " + now + "\r\nnew\r\n")).isEqualTo("STORED");
    }

    @Test
    void trap7ACounterTheBackupLacksIsCopiedThere() throws Exception {
        client.ask(set("n", "41"));
        try (TextClient direct = TextClient.connect(backup.address().port())) {
            assertThat(direct.ask("delete n\r\n")).isEqualTo("DELETED");
        }

        assertThat(client.ask("incr n 1\r\n")).isEqualTo("42");

        assertThat(valueAt(backup, "n")).isEqualTo("42");
    }

    @Test
    void trap8AnAppendTheBackupCannotFollowCopiesTheWholeValue() throws Exception {
        client.ask(set("k", "a"));
        try (TextClient direct = TextClient.connect(backup.address().port())) {
            assertThat(direct.ask("delete k\r\n")).isEqualTo("DELETED");
        }

        assertThat(client.ask(TextClient.storage("append", "k", 0, 0, "b"))).isEqualTo("STORED");

        assertThat(valueAt(backup, "k")).isEqualTo("ab");
    }

    @Test
    void trap9ADeletionABackupMissedIsMadeUpFor() throws Exception {
        client.ask(set("k", "v"));
        backup.freeze();
        assertThat(client.ask("delete k\r\n")).isEqualTo("DELETED");

        backup.thaw();
        ReplicaStatuses.awaitNoneOut(proxy);

        assertThat(valueAt(backup, "k")).isNull();
    }

    @Test
    void trap10AValueTheBackupRefusesLeavesNoOldOneThere() throws Exception {
        client.ask(set("k", "old"));

        assertThat(client.ask(set("k", "x".repeat(700_000)))).isEqualTo("STORED");

        assertThat(valueAt(backup, "k")).isNull();
        assertThat(valueAt(primary, "k")).hasSize(700_000);
    }

    @Test
    void trap11AFlushTheBackupMissedIsMadeUpFor() throws Exception {
        client.ask(set("k", "v"));
        backup.freeze();
        assertThat(client.ask("flush_all\r\n")).isEqualTo("OK");

        backup.thaw();
        ReplicaStatuses.awaitNoneOut(proxy);

        assertThat(valueAt(backup, "k")).isNull();
        assertThat(read("k")).isEmpty();
    }

    @Test
    void trap12AServerThatComesAndGoesMovesNoKey() throws Exception {
        for (int round = 0; round < 3; round++) {
            client.ask(set("k", "v" + round));
            primary.kill();
            assertThat(client.ask(set("k", "w" + round))).isEqualTo("STORED");
            primary.start();
            int now = round;
            until("the primary has the key again", () -> {
                assertThat(read("k")).isEqualTo("w" + now);
                return ("w" + now).equals(valueAt(primary, "k"));
            });
        }
    }

    @Test
    void trap13AHalfDeadConnectionCostsOneTimeoutAndNoAnswer() throws Exception {
        client.ask(set("k", "v"));
        primary.freeze();

        assertThat(read("k")).isEqualTo("v");
        assertThat(read("k")).isEqualTo("v");

        primary.thaw();
        until(
                "the primary is connected",
                () -> proxy.server().health().servers().get(0).up());
    }

    @Test
    void trap14AClientReadsWhatItWrotePipelinedOrNot() throws Exception {
        try (TextClient other = TextClient.connect(proxy.port())) {
            client.ask(set("n", "0"));
            for (int i = 0; i < 300; i++) {
                client.send("incr n 1\r\nget n\r\n" + set("k", "mine") + "get k\r\n");
                other.send(set("k", "yours") + "get k\r\n");
                String counted = client.line();
                assertThat(client.retrieved().items().get(0).value().strip()).isEqualTo(counted);
                assertThat(client.line()).isEqualTo("STORED");
                assertThat(client.retrieved().items()).hasSize(1);
                assertThat(other.line()).isEqualTo("STORED");
                assertThat(other.retrieved().items()).hasSize(1);
            }
        }
    }

    @Test
    void trap15TheRightToRecomputeIsEachServersOwn() throws Exception {
        assertThat(client.ask("mg k N30 t\r\n")).startsWith("HD").contains("W");
        assertThat(client.ask("mg k N30 t\r\n")).startsWith("HD").contains("Z");
        primary.kill();

        String afterFailover = "";
        do {
            afterFailover = client.ask("mg k N30 t\r\n");
        } while (afterFailover.startsWith("SERVER_ERROR"));

        assertThat(afterFailover).contains("W");
        assertThat(client.ask("ms k 1 T30\r\nv\r\n")).isEqualTo("HD");
        assertThat(read("k")).isEqualTo("v");
    }

    @Test
    void trap16ATimeInThePastIsThePastOnBothServers() throws Exception {
        for (String key : List.of("a", "b", "c")) {
            client.ask(set(key, "v"));
        }
        assertThat(client.ask(TextClient.storage("set", "a", 0, -1, "w"))).isEqualTo("STORED");
        assertThat(client.ask("touch b -1\r\n")).isEqualTo("TOUCHED");
        client.retrieve("gat -1 c");

        for (Memcached server : List.of(primary, backup)) {
            assertThat(Copies.of(server, List.of("a", "b", "c"))).isEqualTo(Map.of());
        }
    }
}
