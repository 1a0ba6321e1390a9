package io.mempair.proxy.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.mempair.proxy.config.ServerAddress;
import io.mempair.proxy.replication.ServerIdentity;
import io.mempair.proxy.testkit.Copies;
import io.mempair.proxy.testkit.Memcached;
import io.mempair.proxy.testkit.NoLeaks;
import io.mempair.proxy.testkit.ReplicaStatuses;
import io.mempair.proxy.testkit.RunningProxy;
import io.mempair.proxy.testkit.TextClient;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/** The third tier of the field: the backup of a pool is itself a proxy, over two servers of its own. */
@ExtendWith(NoLeaks.class)
@Timeout(60)
class TiersOfProxiesIT {

    private static final int KEYS = 100;

    private Memcached primary;
    private Memcached below;
    private Memcached belowToo;
    private RunningProxy third;
    private RunningProxy proxy;
    private TextClient client;

    @BeforeEach
    void start() throws Exception {
        primary = Memcached.started();
        below = Memcached.started();
        belowToo = Memcached.started();
        third = RunningProxy.inFrontOf(below.address(), belowToo.address());
        proxy = RunningProxy.withBackups(
                List.of(primary.address()), List.of(new ServerAddress("127.0.0.1", third.port())));
        client = TextClient.connect(proxy.port());
        for (int i = 0; i < KEYS; i++) {
            assertThat(client.ask(TextClient.storage("set", "key-" + i, i, 1_000, "value-" + i)))
                    .isEqualTo("STORED");
        }
    }

    @AfterEach
    void stop() throws Exception {
        client.close();
        proxy.close();
        third.close();
        primary.close();
        below.close();
        belowToo.close();
    }

    private void assertAllAreRead() throws Exception {
        for (int i = 0; i < KEYS; i++) {
            TextClient.Retrieved answer = client.retrieve("get key-" + i);
            assertThat(answer.error()).isEmpty();
            assertThat(answer.items()).hasSize(1);
            assertThat(answer.items().get(0).value()).isEqualTo("value-" + i);
            assertThat(answer.items().get(0).flags()).isEqualTo(i);
        }
    }

    private List<String> keys() {
        return IntStream.range(0, KEYS).mapToObj(i -> "key-" + i).toList();
    }

    @Test
    void eachKeyIsOnThePrimaryAndOnOneServerBelow() throws Exception {
        Map<String, Copies.StoredCopy> lower = new LinkedHashMap<>(Copies.of(below, keys()));
        int first = lower.size();
        lower.putAll(Copies.of(belowToo, keys()));

        assertThat(first).isBetween(1, KEYS - 1);
        assertThat(lower).hasSize(KEYS);
        assertThat(Copies.of(primary, keys())).hasSize(KEYS);
    }

    @Test
    void aPrimaryThatComesBackEmptyIsRefilledFromTheProxyBelow() throws Exception {
        primary.kill();
        assertAllAreRead();
        primary.start();
        ReplicaStatuses.awaitUp(proxy);
        ReplicaStatuses.awaitNoneOut(proxy);

        assertAllAreRead();

        await().atMost(Duration.ofSeconds(20))
                .until(() -> Copies.of(primary, keys()).values().stream()
                                .filter(copy -> copy.value().startsWith("value-"))
                                .count()
                        == KEYS);
        assertThat(Copies.of(primary, List.of("key-7")).get("key-7").lifetimeSeconds())
                .isBetween(900L, 1_000L);
    }

    @Test
    void countersFollowBelow() throws Exception {
        client.ask(TextClient.storage("set", "n", 0, 0, "9"));

        assertThat(client.ask("incr n 1\r\n")).isEqualTo("10");
        primary.kill();

        assertThat(client.retrieve("get n").items().get(0).value()).isEqualTo("10");
        assertThat(client.ask("incr n 1\r\n")).isEqualTo("11");
    }

    @Test
    void aProxyBelowIsNeverTakenForRestarted() {
        assertThat(ReplicaStatuses.servers(proxy).get(1).identity()).isEqualTo(ServerIdentity.UNKNOWN);
    }
}
