package io.mempair.proxy.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.mempair.proxy.config.Distribution;
import io.mempair.proxy.config.Login;
import io.mempair.proxy.config.PoolConfig;
import io.mempair.proxy.config.ServerAddress;
import io.mempair.proxy.config.ServerSecurity;
import io.mempair.proxy.config.ServerTimeouts;
import io.mempair.proxy.replication.ReplicaStatus;
import io.mempair.proxy.replication.ServerKnowledge.Known;
import io.mempair.proxy.testkit.Memcached;
import io.mempair.proxy.testkit.NoLeaks;
import io.mempair.proxy.testkit.RawClient;
import io.mempair.proxy.testkit.RunningProxy;
import io.mempair.proxy.testkit.ScriptedServer;
import io.mempair.proxy.testkit.TestTimeouts;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A reload by which servers are connected to in another way: with another login here. */
@ExtendWith(NoLeaks.class)
@Timeout(90)
class ReloadAccessIT {

    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final ServerSecurity ALICE = new ServerSecurity(null, new Login("alice", "secret"));
    private static final ServerSecurity BOB = new ServerSecurity(null, new Login("bob", "secret"));
    private static final ServerSecurity EVE = new ServerSecurity(null, new Login("eve", "wrong"));

    @TempDir
    private Path folder;

    private Memcached memcached(String users) throws Exception {
        Path file = Files.writeString(folder.resolve("users-" + users.hashCode()), users);
        return Memcached.started("-Y", file.toString());
    }

    private static PoolConfig pool(List<ServerAddress> primaries, List<ServerAddress> backups, ServerSecurity access) {
        return pool(primaries, backups, TestTimeouts.PATIENT, access);
    }

    private static PoolConfig pool(
            List<ServerAddress> primaries,
            List<ServerAddress> backups,
            ServerTimeouts timeouts,
            ServerSecurity access) {
        return new PoolConfig(primaries, backups, Distribution.MODULO, timeouts, access);
    }

    private static ReplicaStatus replicaStatus(RunningProxy proxy, boolean backup) {
        return proxy.server().knowledge().servers().stream()
                .filter(server -> server.backup() == backup)
                .map(Known::status)
                .findFirst()
                .orElseThrow();
    }

    private static void reload(RunningProxy proxy, PoolConfig pool) throws Exception {
        proxy.reload(pool, proxy.config().limits());
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aServerThatMissedAWriteStaysOutThroughAChangeOfTheLogin(boolean changesTiers) throws Exception {
        String users = "alice:secret\nbob:secret\n";
        try (Memcached one = memcached(users);
                Memcached two = memcached(users);
                RunningProxy proxy = RunningProxy.over(
                        pool(List.of(one.address()), List.of(two.address()), TestTimeouts.SHORT, ALICE));
                RawClient client = proxy.client()) {
            assertThat(client.ask("set k 0 0 3\r\nold\r\n", "STORED\r\n")).isEqualTo("STORED\r\n");
            one.freeze();
            await().atMost(PATIENCE)
                    .until(() ->
                            client.ask("set k 0 0 3\r\nnew\r\n", "STORED\r\n").equals("STORED\r\n"));
            Known before = proxy.server().knowledge().servers().get(0);

            reload(
                    proxy,
                    changesTiers
                            ? pool(List.of(two.address()), List.of(one.address()), TestTimeouts.SHORT, BOB)
                            : pool(List.of(one.address()), List.of(two.address()), TestTimeouts.SHORT, BOB));

            Known after = proxy.server().knowledge().servers().get(changesTiers ? 1 : 0);
            assertThat(before.status()).isEqualTo(ReplicaStatus.OUT);
            assertThat(after.status()).isEqualTo(ReplicaStatus.OUT);
            assertThat(after.identity()).isEqualTo(before.identity());
            one.thaw();
            String stored = "VALUE k 0 3\r\nnew\r\nEND\r\n";
            await().atMost(PATIENCE).until(() -> {
                assertThat(client.ask("get k\r\n", stored)).isEqualTo(stored);
                return replicaStatus(proxy, changesTiers) != ReplicaStatus.OUT;
            });
            assertThat(client.ask("get k\r\n", stored)).isEqualTo(stored);
        }
    }

    @Test
    void aRefillGoesOnAfterAChangeOfTheLogin() throws Exception {
        String users = "alice:secret\nbob:secret\n";
        try (Memcached one = memcached(users);
                Memcached two = memcached(users);
                RunningProxy proxy = RunningProxy.over(pool(List.of(one.address()), List.of(two.address()), ALICE));
                RawClient client = proxy.client()) {
            client.ask("set k 0 0 1\r\na\r\n", "STORED\r\n");
            one.kill();
            one.start();
            await().atMost(PATIENCE).until(() -> replicaStatus(proxy, false) == ReplicaStatus.REFILLING);

            reload(proxy, pool(List.of(one.address()), List.of(two.address()), BOB));

            assertThat(replicaStatus(proxy, false)).isEqualTo(ReplicaStatus.REFILLING);
            String stored = "VALUE k 0 1\r\na\r\nEND\r\n";
            await().atMost(PATIENCE).until(() -> client.ask("get k\r\n", stored).equals(stored));
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aLoginThatServersDoNotTakeIsRefusedAndWhatWorksStays(boolean twoCopies) throws Exception {
        try (Memcached one = memcached("alice:secret\n");
                Memcached two = memcached("alice:secret\neve:wrong\n");
                RunningProxy proxy = RunningProxy.over(pool(List.of(one.address()), backups(twoCopies, two), ALICE));
                RawClient client = proxy.client()) {
            client.ask("set k 0 0 1\r\na\r\n", "STORED\r\n");

            assertThatThrownBy(() -> reload(proxy, pool(List.of(one.address()), backups(twoCopies, two), EVE)))
                    .hasRootCauseInstanceOf(IllegalArgumentException.class)
                    .rootCause()
                    .hasMessageContaining("server " + one.address())
                    .hasMessageContaining("login of server-auth-file")
                    .hasMessageContaining("nothing was changed");

            String stored = "VALUE k 0 1\r\na\r\nEND\r\n";
            assertThat(client.ask("get k\r\n", stored)).isEqualTo(stored);
            assertThat(proxy.server().health().servers()).allMatch(ProxyHealth.ServerStatus::up);
        }
    }

    private static List<ServerAddress> backups(boolean twoCopies, Memcached server) {
        return twoCopies ? List.of(server.address()) : List.of();
    }

    @Test
    void aNewLoginIsRefusedWhileNoServerCanBeAskedWhetherItTakesIt() throws Exception {
        try (Memcached one = memcached("alice:secret\nbob:secret\n");
                RunningProxy proxy = RunningProxy.over(pool(List.of(one.address()), List.of(), ALICE))) {
            one.kill();
            await().atMost(PATIENCE)
                    .until(() -> !proxy.server().health().servers().get(0).up());

            assertThatThrownBy(() -> reload(proxy, pool(List.of(one.address()), List.of(), BOB)))
                    .rootCause()
                    .hasMessageStartingWith("no server can be connected to with the new login");

            one.start();
            reload(proxy, pool(List.of(one.address()), List.of(), BOB));
        }
    }

    /** One copy only: there is no order of writes that would hold the second back. */
    @Test
    void aWriteOnTheOldConnectionIsNotOvertakenByOneOnTheNew() throws Exception {
        CountDownLatch released = new CountDownLatch(1);
        ServerSecurity other = new ServerSecurity(null, new Login("bob", "other"));
        try (ScriptedServer server = ScriptedServer.playing((line, connection) -> {
                    if (line.startsWith("delete ")) {
                        awaitQuietly(released);
                        connection.send("DELETED\r\n");
                    } else {
                        connection.data(Integer.parseInt(line.split(" ")[4]));
                        connection.send("STORED\r\n");
                    }
                });
                RunningProxy proxy = RunningProxy.over(pool(server, ALICE));
                RawClient deleting = proxy.client();
                RawClient storing = proxy.client()) {
            deleting.send("delete k\r\n");
            await().atMost(PATIENCE).until(() -> server.lines().contains("delete k"));
            int before = server.connections();

            CompletableFuture<Void> reload = CompletableFuture.runAsync(() -> reloadQuietly(proxy, server, other));
            await().atMost(PATIENCE).until(() -> server.connections() == before + 2);
            // read by a loop that does not hold its clients up yet, or after the change
            storing.send("set k 0 0 1\r\na\r\n");
            assertThat(reload).isNotDone();
            assertThat(server.lines())
                    .filteredOn(line -> line.startsWith("set k"))
                    .isEmpty();

            released.countDown();
            assertThat(deleting.line()).isEqualTo("DELETED");
            assertThat(storing.line()).isEqualTo("STORED");
            assertThat(reload).succeedsWithin(PATIENCE);
            assertThat(server.lines())
                    .filteredOn(line -> line.contains(" k"))
                    .containsExactly("delete k", "set k 0 0 1");
        }
    }

    private static PoolConfig pool(ScriptedServer server, ServerSecurity access) {
        return pool(List.of(server.address()), List.of(), access);
    }

    private static void reloadQuietly(RunningProxy proxy, ScriptedServer server, ServerSecurity access) {
        try {
            reload(proxy, pool(server, access));
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }

    private static void awaitQuietly(CountDownLatch latch) {
        try {
            latch.await(PATIENCE.toSeconds(), TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
