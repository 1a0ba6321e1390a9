package io.mempair.proxy.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.mempair.proxy.config.Distribution;
import io.mempair.proxy.config.PoolConfig;
import io.mempair.proxy.config.ServerTimeouts;
import io.mempair.proxy.replication.ReplicaStatus;
import io.mempair.proxy.replication.ServerIdentity;
import io.mempair.proxy.replication.ServerKnowledge;
import io.mempair.proxy.replication.ServerKnowledge.Known;
import io.mempair.proxy.server.ProxyInternals;
import io.mempair.proxy.server.ProxyServer;
import io.mempair.proxy.testkit.Copies;
import io.mempair.proxy.testkit.Memcached;
import io.mempair.proxy.testkit.NoLeaks;
import io.mempair.proxy.testkit.RawClient;
import io.mempair.proxy.testkit.ReplicaStatuses;
import io.mempair.proxy.testkit.RunningProxy;
import io.mempair.proxy.testkit.TextClient;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * {@code flush_all DELAY} holds for servers that are not there when it is asked for, or come back empty before it is due.
 * What is tested takes as long as the delay, because memcached counts it by its own clock.
 */
@ExtendWith(NoLeaks.class)
@Timeout(90)
class DelayedFlushIT {

    private static final ServerTimeouts QUICK = new ServerTimeouts(
            Duration.ofSeconds(1),
            Duration.ofMillis(500),
            Duration.ofMillis(100),
            Duration.ofMillis(20),
            Duration.ofMillis(50));

    private Memcached primary;
    private Memcached backup;
    private RunningProxy proxy;
    private TextClient client;

    @BeforeEach
    void start() throws Exception {
        primary = Memcached.started();
        backup = Memcached.started();
        proxy = RunningProxy.over(pool());
        client = TextClient.connect(proxy.port());
    }

    @AfterEach
    void stop() throws Exception {
        client.close();
        proxy.close();
        primary.close();
        backup.close();
    }

    private PoolConfig pool() {
        return new PoolConfig(List.of(primary.address()), List.of(backup.address()), Distribution.MODULO, QUICK);
    }

    private static String set(String key, String value) {
        return TextClient.storage("set", key, 0, 0, value);
    }

    private static boolean has(Memcached server, String key) throws IOException {
        return Copies.of(server, Set.of(key)).containsKey(key);
    }

    private String read(String key) throws IOException {
        return value(client.retrieve("get " + key));
    }

    private static String value(TextClient.Retrieved retrieved) {
        return retrieved.items().isEmpty()
                ? retrieved.error()
                : retrieved.items().get(0).value();
    }

    private static void until(String what, Callable<Boolean> condition) {
        await(what).atMost(Duration.ofSeconds(30)).until(condition);
    }

    private void restart(Memcached server) throws Exception {
        server.kill();
        server.start();
        ReplicaStatuses.awaitUp(proxy);
        ReplicaStatuses.awaitNoneOut(proxy);
    }

    /** Nobody has the key any more, by whatever way it is asked for. */
    private void untilGone(String key) {
        until(key + " is gone everywhere", () -> !has(primary, key) && !has(backup, key));
        until("and stays so for a reader", () -> read(key).isEmpty());
    }

    @ParameterizedTest
    @CsvSource({"true, false", "true, true", "false, false"})
    void aServerThatRestartsBeforeItIsDueKeepsNothingOver(boolean isPrimary, boolean deadWhenAsked) throws Exception {
        Memcached restarted = isPrimary ? primary : backup;
        client.ask(set("k", "old"));
        if (deadWhenAsked) {
            restarted.kill();
            until(
                    "the dead server is known",
                    () -> proxy.server().health().servers().stream().anyMatch(server -> !server.up()));
        }

        assertThat(client.ask("flush_all 6\r\n")).isEqualTo("OK");
        restart(restarted);
        until("it is refilled", () -> read("k").equals("old") && has(restarted, "k"));

        untilGone("k");
    }

    @Test
    void aServerThatWasFrozenWhenItWasAskedForKeepsNothingOver() throws Exception {
        client.ask(set("k", "old"));
        primary.freeze();
        assertThat(client.ask("flush_all 6\r\n")).isEqualTo("OK");
        primary.thaw();
        ReplicaStatuses.awaitUp(proxy);
        ReplicaStatuses.awaitNoneOut(proxy);
        assertThat(read("k")).isEqualTo("old");

        untilGone("k");
    }

    @Test
    void aBinaryFlushWithADelayHoldsToo() throws Exception {
        client.ask(set("k", "old"));
        try (RawClient binary = proxy.client()) {
            binary.send(new byte[] {
                (byte) 0x80, 8, 0, 0, 4, 0, 0, 0, 0, 0, 0, 4, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 5
            });
            assertThat(binary.receive(8).charAt(7)).isEqualTo('\0');
        }
        restart(primary);
        until("it is refilled", () -> read("k").equals("old") && has(primary, "k"));

        untilGone("k");
    }

    @Test
    void withOneCopyWhatARestartedServerTookBeforeItIsDueIsGoneToo() throws Exception {
        try (RunningProxy single = RunningProxy.inFrontOf(primary.address());
                TextClient its = TextClient.connect(single.port())) {
            assertThat(its.ask("flush_all 4\r\n")).isEqualTo("OK");
            primary.kill();
            primary.start();
            until("the server is back", () -> its.ask(set("k", "old")).equals("STORED"));

            until("the value is gone", () -> value(its.retrieve("get k")).isEmpty());
        }
    }

    @Test
    void whatIsStoredAfterItWasDueStays() throws Exception {
        client.ask(set("k", "old"));
        long asked = System.nanoTime();
        client.ask("flush_all 2\r\n");
        restart(backup);
        until(
                "it is due",
                () -> System.nanoTime() - asked > Duration.ofSeconds(2).toNanos());

        assertThat(client.ask(set("k", "new"))).isEqualTo("STORED");

        until("nothing is to come", () -> proxy.server().knowledge().flushInMillis() == ServerKnowledge.NO_FLUSH);
        assertThat(read("k")).isEqualTo("new");
        assertThat(has(primary, "k")).isTrue();
        assertThat(has(backup, "k")).isTrue();
    }

    @ParameterizedTest
    @CsvSource({"flush_all", "flush_all 0", "flush_all -1", "flush_all noreply", "flush_all 1000000"})
    void aLaterFlushTakesTheEarliersPlace(String later) throws Exception {
        long asked = System.nanoTime();
        client.ask("flush_all 2\r\n");
        client.ask(later.endsWith("noreply") ? later + "\r\nmn\r\n" : later + "\r\n");
        until(
                "a second is over",
                () -> client.ask(set("k", "v")).equals("STORED")
                        && System.nanoTime() - asked > Duration.ofMillis(1_000).toNanos());

        until(
                "the earlier would be due",
                () -> System.nanoTime() - asked > Duration.ofMillis(2_200).toNanos());

        assertThat(read("k")).isEqualTo("v");
        assertThat(has(primary, "k")).isTrue();
        assertThat(has(backup, "k")).isTrue();
    }

    /**
     * A flush with a delay takes the place of one that was carried out, and so memcached shows again what that one hid, if nobody
     * asked for it meanwhile.
     */
    @Test
    void whatAServerWasFlushedOfOnItsReturnDoesNotComeBack() throws Exception {
        client.ask(set("k", "old"));
        ProxyInternals.replica(proxy, 0).missedEverything();
        client.ask(set("k", "new"));
        ReplicaStatuses.awaitNoneOut(proxy);

        assertThat(client.ask("flush_all 100\r\n")).isEqualTo("OK");

        assertThat(read("k")).isEqualTo("new");
    }

    @Test
    void aNodeThatTakesOverCarriesItOut() throws Exception {
        client.ask(set("k", "old"));
        client.ask("flush_all 6\r\n");
        restart(primary);
        until("it is refilled", () -> read("k").equals("old") && has(primary, "k"));
        ServerKnowledge told = proxy.server().knowledge();
        assertThat(told.flushInMillis()).isBetween(1L, 6_000L);

        try (ProxyServer next = new ProxyServer(proxy.config())) {
            RunningProxy.await(next.start());
            next.learn(told);
            RunningProxy.await(proxy.server().drain(Duration.ofSeconds(1)));
            RunningProxy.await(next.open());

            until("k is gone everywhere", () -> !has(primary, "k") && !has(backup, "k"));
        }
    }

    /** What was stored since it was due is on the other copy, and refilled from there. */
    @Test
    void aNodeThatTakesOverTooLateFlushesOnlyWhoMayHaveMissedIt() throws Exception {
        client.ask(set("k", "old"));
        RunningProxy.await(proxy.server().drain(Duration.ofSeconds(1)));
        ServerIdentity identity = ReplicaStatuses.servers(proxy).get(0).identity();
        ServerKnowledge told = new ServerKnowledge(
                7,
                List.of(
                        new Known(primary.address().toString(), false, ReplicaStatus.REFILLING, identity),
                        new Known(
                                backup.address().toString(),
                                true,
                                ReplicaStatus.SERVING,
                                ReplicaStatuses.servers(proxy).get(1).identity())),
                0);

        proxy.server().learn(told);
        RunningProxy.await(proxy.server().open());

        until("the primary is flushed", () -> !has(primary, "k"));
        assertThat(has(backup, "k")).isTrue();
    }
}
