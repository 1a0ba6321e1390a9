package io.mempair.proxy.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.mempair.proxy.config.Distribution;
import io.mempair.proxy.config.PoolConfig;
import io.mempair.proxy.config.ProxyConfig;
import io.mempair.proxy.config.ServerAddress;
import io.mempair.proxy.replication.ReplicaStatus;
import io.mempair.proxy.testkit.Memcached;
import io.mempair.proxy.testkit.NoLeaks;
import io.mempair.proxy.testkit.RawClient;
import io.mempair.proxy.testkit.ReplicaStatuses;
import io.mempair.proxy.testkit.RunningProxy;
import io.mempair.proxy.testkit.TestTimeouts;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A reload takes the backup tier away while the primary is out: what the primary missed is deleted before it is read. */
@ExtendWith(NoLeaks.class)
@Timeout(60)
class ReloadOfOneOutIT {

    private static PoolConfig pool(ServerAddress primary, List<ServerAddress> backups) {
        return new PoolConfig(List.of(primary), backups, Distribution.MODULO, TestTimeouts.SHORT);
    }

    @ParameterizedTest
    @ValueSource(strings = {"get k\r\n", "get k other\r\n", "mg k v\r\n", "append k 0 0 1\r\n!\r\n"})
    void anOverwrittenValueIsNeverReadAgain(String request) throws Exception {
        try (Memcached primary = Memcached.started();
                Memcached backup = Memcached.started();
                RunningProxy proxy = RunningProxy.over(pool(primary.address(), List.of(backup.address())));
                RawClient client = proxy.client()) {
            ReplicaStatuses.awaitServing(proxy);
            assertThat(client.ask("set k 0 0 3\r\nold\r\n", "STORED\r\n")).isEqualTo("STORED\r\n");
            primary.freeze();
            assertThat(client.ask("set k 0 0 3\r\nnew\r\n", "STORED\r\n")).isEqualTo("STORED\r\n");
            assertThat(ProxyInternals.replica(proxy, 0).status()).isEqualTo(ReplicaStatus.OUT);

            reloadWithoutBackup(proxy, primary);
            primary.thaw();

            await().atMost(Duration.ofSeconds(30)).until(() -> {
                client.send(request);
                String line = client.line();
                assertThat(line).matches("SERVER_ERROR .*|END|EN|NOT_STORED");
                return !line.startsWith("SERVER_ERROR");
            });
            await().atMost(Duration.ofSeconds(30))
                    .until(() -> ProxyInternals.replica(proxy, 0).status() == ReplicaStatus.SERVING);
        }
    }

    private static void reloadWithoutBackup(RunningProxy proxy, Memcached primary) throws Exception {
        ProxyConfig now = proxy.config();
        RunningProxy.await(proxy.server()
                .reload(new ProxyConfig(
                        now.listeners(),
                        pool(primary.address(), List.of()),
                        now.limits(),
                        now.policy(),
                        now.loops(),
                        now.transport()))
                .toCompletableFuture());
    }

    /** Else nobody could take a dead last copy out while there are clients that write. */
    @Test
    void aReloadIsNotHeldUpByAWriteThatWaitsForTheServerItTakesOut() throws Exception {
        try (Memcached primary = Memcached.started();
                Memcached backup = Memcached.started();
                RunningProxy proxy = RunningProxy.over(pool(primary.address(), List.of(backup.address())));
                RawClient client = proxy.client()) {
            ReplicaStatuses.awaitServing(proxy);
            primary.kill();
            primary.start();
            await().atMost(Duration.ofSeconds(30))
                    .until(() -> ProxyInternals.replica(proxy, 0).status() == ReplicaStatus.REFILLING);
            backup.freeze();
            client.send("set k 0 0 1\r\na\r\n");
            assertThat(client.line()).startsWith("SERVER_ERROR ");
            client.send("set k 0 0 1\r\nb\r\n");
            await().atMost(Duration.ofSeconds(30))
                    .until(() -> QuiescedReloads.describe(proxy).contains("stripe "));

            reloadWithoutBackup(proxy, primary);

            assertThat(client.line()).startsWith("SERVER_ERROR ");
            assertThat(client.ask("set k 0 0 1\r\nc\r\n", "STORED\r\n")).isEqualTo("STORED\r\n");
        }
    }
}
