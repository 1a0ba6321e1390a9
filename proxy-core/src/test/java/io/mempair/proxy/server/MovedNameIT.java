package io.mempair.proxy.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.mempair.proxy.config.ClientLimits;
import io.mempair.proxy.config.Distribution;
import io.mempair.proxy.config.PoolConfig;
import io.mempair.proxy.config.ProxyConfig;
import io.mempair.proxy.config.ServerAddress;
import io.mempair.proxy.config.TransportChoice;
import io.mempair.proxy.replication.ReplicaStatus;
import io.mempair.proxy.replication.ServerKnowledge.Known;
import io.mempair.proxy.testkit.Memcached;
import io.mempair.proxy.testkit.NoLeaks;
import io.mempair.proxy.testkit.RawClient;
import io.mempair.proxy.testkit.RunningProxy;
import io.mempair.proxy.testkit.TestTimeouts;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/** A server's name means another address by now, and the process at the old one still runs: a reload follows the name. */
@ExtendWith(NoLeaks.class)
@Timeout(90)
class MovedNameIT {

    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final String OLD_HOST = "127.0.0.1";
    private static final String NEW_HOST = "127.0.0.2";
    private static final String STORED = "STORED\r\n";
    private static final String A = "VALUE k 0 1\r\na\r\nEND\r\n";

    private volatile List<String> meaning = List.of(OLD_HOST);
    private Memcached before;
    private Memcached backup;

    private InetAddress[] lookUp(String name) throws UnknownHostException {
        List<InetAddress> addresses = new ArrayList<>();
        for (String host : meaning) {
            addresses.add(InetAddress.getByName(host));
        }
        if (addresses.isEmpty()) {
            throw new UnknownHostException(name);
        }
        return addresses.toArray(InetAddress[]::new);
    }

    @BeforeEach
    void start() throws Exception {
        before = Memcached.started();
        backup = Memcached.started();
    }

    @AfterEach
    void stop() {
        before.close();
        backup.close();
    }

    private RunningProxy proxy(List<ServerAddress> backups) throws Exception {
        int port = RunningProxy.freePort();
        PoolConfig pool = new PoolConfig(
                List.of(new ServerAddress("m1", before.address().port())),
                backups,
                Distribution.MODULO,
                TestTimeouts.PATIENT);
        ProxyConfig config = new ProxyConfig(
                List.of(new ServerAddress("127.0.0.1", port)), pool, ClientLimits.DEFAULT, 2, TransportChoice.AUTO);
        var server = new ProxyServer(config, level -> {}, 0, "mempair-loop", Parts.naming(this::lookUp));
        return RunningProxy.started(port, server, config);
    }

    private static String get(RawClient client) throws Exception {
        return client.send("get k\r\n").receiveUntil("END\r\n");
    }

    private static String set(RawClient client, String value) throws Exception {
        return client.ask("set k 0 0 " + value.length() + "\r\n" + value + "\r\n", STORED);
    }

    private static List<String> reload(RunningProxy proxy) throws Exception {
        return proxy.server().reload(proxy.config()).toCompletableFuture().get(10, TimeUnit.SECONDS);
    }

    private static ReplicaStatus replicaStatus(RunningProxy proxy) {
        return proxy.server().knowledge().servers().stream()
                .filter(server -> !server.backup())
                .map(Known::status)
                .findFirst()
                .orElseThrow();
    }

    @Test
    void aReloadFollowsTheNameAndSaysSo() throws Exception {
        try (Memcached after = Memcached.beside(before, NEW_HOST);
                RunningProxy proxy = proxy(List.of());
                RawClient client = proxy.client();
                RawClient there = after.client()) {
            set(client, "a");
            meaning = List.of(NEW_HOST);

            assertThat(reload(proxy))
                    .containsExactly("m1:" + before.address().port() + " moved from 127.0.0.1 to 127.0.0.2");

            assertThat(get(client)).as("another process, one copy").isEqualTo("END\r\n");
            set(client, "a");
            assertThat(get(there)).isEqualTo(A);
            assertThat(reload(proxy)).isEmpty();
        }
    }

    @Test
    void aNameThatMeansFurtherAddressesStaysWhereItIs() throws Exception {
        try (RunningProxy proxy = proxy(List.of());
                RawClient client = proxy.client()) {
            set(client, "a");
            meaning = List.of(NEW_HOST, OLD_HOST);

            assertThat(reload(proxy)).isEmpty();
            assertThat(get(client)).isEqualTo(A);
        }
    }

    @Test
    void noRequestIsLostAndNoClient() throws Exception {
        AtomicBoolean over = new AtomicBoolean();
        try (Memcached after = Memcached.beside(before, NEW_HOST);
                RunningProxy proxy = proxy(List.of(backup.address()));
                RawClient client = proxy.client()) {
            CompletableFuture<Integer> load = CompletableFuture.supplyAsync(() -> writeAndRead(client, over));
            for (int round = 0; round < 4; round++) {
                meaning = List.of(round % 2 == 0 ? NEW_HOST : OLD_HOST);
                assertThat(reload(proxy)).hasSize(1);
                await().atMost(PATIENCE).until(() -> replicaStatus(proxy) != ReplicaStatus.OUT);
            }
            over.set(true);
            assertThat(load)
                    .succeedsWithin(PATIENCE)
                    .asInstanceOf(InstanceOfAssertFactories.INTEGER)
                    .isPositive();
        }
    }

    /** Each value is new, so what an earlier process of the name has is a lie. */
    private static int writeAndRead(RawClient client, AtomicBoolean over) {
        int round = 0;
        try {
            for (; !over.get(); round++) {
                String value = String.valueOf(1_000_000 + round);
                assertThat(set(client, value)).isEqualTo(STORED);
                assertThat(get(client)).isEqualTo("VALUE k 0 7\r\n" + value + "\r\nEND\r\n");
            }
        } catch (Exception e) {
            throw new AssertionError(e);
        }
        return round;
    }

    @Test
    void whatTheProcessThereHadBeforeIsNeverRead() throws Exception {
        try (Memcached after = Memcached.beside(before, NEW_HOST);
                RunningProxy proxy = proxy(List.of(backup.address()));
                RawClient client = proxy.client();
                RawClient there = after.client()) {
            set(there, "lie");
            set(client, "a");
            meaning = List.of(NEW_HOST);

            reload(proxy);

            await().atMost(PATIENCE).until(() -> {
                assertThat(get(client)).isEqualTo(A);
                return replicaStatus(proxy) == ReplicaStatus.REFILLING;
            });
            assertThat(get(client)).isEqualTo(A);
            await("the refill").atMost(PATIENCE).until(() -> {
                assertThat(get(client)).isEqualTo(A);
                return get(there).equals(A);
            });
        }
    }

    /** The same without a reload: the old process is lost, and the name leads elsewhere. */
    @Test
    void whatTheProcessAtTheNextAddressHadBeforeIsNeverRead() throws Exception {
        try (Memcached after = Memcached.beside(before, NEW_HOST);
                RunningProxy proxy = proxy(List.of(backup.address()));
                RawClient client = proxy.client();
                RawClient there = after.client()) {
            set(there, "lie");
            set(client, "a");
            meaning = List.of(NEW_HOST);

            before.kill();

            await().atMost(PATIENCE).until(() -> {
                assertThat(get(client)).isEqualTo(A);
                return proxy.server().health().servers().get(0).up() && replicaStatus(proxy) == ReplicaStatus.REFILLING;
            });
            await("the refill").atMost(PATIENCE).until(() -> {
                assertThat(get(client)).isEqualTo(A);
                return get(there).equals(A);
            });
        }
    }

    @Test
    void theSameProcessAtAnotherAddressKeepsWhatItHas() throws Exception {
        before.close();
        before = Memcached.started("-l", NEW_HOST); // beside the host that is its address
        try (RunningProxy proxy = proxy(List.of(backup.address()));
                RawClient client = proxy.client()) {
            set(client, "a");
            meaning = List.of(NEW_HOST);

            assertThat(reload(proxy)).hasSize(1);

            assertThat(replicaStatus(proxy)).isEqualTo(ReplicaStatus.SERVING);
            backup.kill();
            assertThat(get(client)).isEqualTo(A);
        }
    }

    @Test
    void aNameThatLeadsNowhereIsRefusedAndWhatWorksStays() throws Exception {
        try (RunningProxy proxy = proxy(List.of(backup.address()));
                RawClient client = proxy.client()) {
            set(client, "a");
            meaning = List.of(NEW_HOST);

            assertThatThrownBy(() -> reload(proxy))
                    .rootCause()
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("m1:" + before.address().port() + " moved from 127.0.0.1 to 127.0.0.2")
                    .hasMessageContaining("nothing was changed");

            assertThat(proxy.server().health().servers()).allMatch(ProxyHealth.ServerStatus::up);
            assertThat(replicaStatus(proxy)).isEqualTo(ReplicaStatus.SERVING);
            assertThat(get(client)).isEqualTo(A);
        }
    }

    @Test
    void aNameThatCannotBeLookedUpIsSaidAndStays() throws Exception {
        try (RunningProxy proxy = proxy(List.of());
                RawClient client = proxy.client()) {
            set(client, "a");
            meaning = List.of();

            assertThat(reload(proxy))
                    .containsExactly("name 'm1' cannot be resolved: m1:"
                            + before.address().port() + " stays at 127.0.0.1");
            assertThat(get(client)).isEqualTo(A);
        }
    }
}
