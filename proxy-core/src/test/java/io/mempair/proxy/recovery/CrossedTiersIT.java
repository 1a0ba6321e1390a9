package io.mempair.proxy.recovery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.mempair.proxy.config.CopyPolicy;
import io.mempair.proxy.config.Distribution;
import io.mempair.proxy.config.PoolConfig;
import io.mempair.proxy.config.ServerTimeouts;
import io.mempair.proxy.testkit.Copies;
import io.mempair.proxy.testkit.Memcached;
import io.mempair.proxy.testkit.ModelFindings;
import io.mempair.proxy.testkit.NoLeaks;
import io.mempair.proxy.testkit.ReplicaStatuses;
import io.mempair.proxy.testkit.RunningProxy;
import io.mempair.proxy.testkit.TextClient;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * Two servers, each the primary of half of the keys and the backup of the other half: what is done to a process in one of its
 * roles is done to the other too.
 */
@ExtendWith(NoLeaks.class)
@Timeout(180)
class CrossedTiersIT {

    private static final List<String> KEYS =
            IntStream.range(0, 200).mapToObj(i -> "key-" + i).toList();

    private static final ServerTimeouts QUICK = new ServerTimeouts(
            Duration.ofSeconds(1),
            Duration.ofMillis(500),
            Duration.ofMillis(200),
            Duration.ofMillis(20),
            Duration.ofMillis(100));

    private final Map<String, String> stored = new HashMap<>();
    private Memcached first;
    private Memcached second;
    private List<String> ofFirst;

    @BeforeEach
    void startServers() throws Exception {
        first = Memcached.started();
        second = Memcached.started();
        PoolConfig oneTier =
                new PoolConfig(List.of(first.address(), second.address()), List.of(), Distribution.MODULO, QUICK);
        try (RunningProxy proxy = RunningProxy.over(oneTier);
                TextClient client = TextClient.connect(proxy.port())) {
            store(client, KEYS, "placed");
        }
        Set<String> there = Copies.of(first, KEYS).keySet();
        ofFirst = KEYS.stream().filter(there::contains).toList();
        assertThat(ofFirst).hasSizeBetween(50, 150);
    }

    @AfterEach
    void stopServers() {
        first.close();
        second.close();
    }

    /** With a journal so small that a few missed keys make a flush necessary. */
    private RunningProxy crossed() throws Exception {
        CopyPolicy usual = CopyPolicy.DEFAULT;
        return RunningProxy.over(new PoolConfig(
                        List.of(first.address(), second.address()),
                        List.of(second.address(), first.address()),
                        Distribution.MODULO,
                        QUICK)
                .with(new CopyPolicy(
                        usual.acknowledge(), false, 1 << 10, 100_000, usual.refillFor(), usual.refillLifetime())));
    }

    private void store(TextClient client, List<String> keys, String value) throws Exception {
        for (String key : keys) {
            assertThat(client.ask(TextClient.storage("set", key, 0, 0, value))).isEqualTo("STORED");
            stored.put(key, value);
        }
    }

    private void assertReadable(TextClient client, String when) throws Exception {
        ModelFindings wrong = new ModelFindings();
        for (Map.Entry<String, String> one : stored.entrySet()) {
            TextClient.Retrieved found = client.retrieve("get " + one.getKey());
            String value = found.items().isEmpty()
                    ? "a miss " + found.error()
                    : found.items().get(0).value();
            if (!value.equals(one.getValue())) {
                wrong.add(one.getKey() + ": " + value + " (expected: " + one.getValue() + ')');
            }
        }
        wrong.assertNone("reads " + when);
    }

    @Test
    void aProcessThatIsFlushedInOneRoleIsRefilledInTheOther() throws Exception {
        try (RunningProxy proxy = crossed();
                TextClient client = TextClient.connect(proxy.port())) {
            store(client, KEYS, "old");
            first.freeze();
            store(client, ofFirst, "new");
            first.thaw();
            ReplicaStatuses.awaitServing(proxy);
            assertReadable(client, "with both servers back");

            second.kill();

            assertReadable(client, "from the server that was flushed, the other one being lost");
        }
    }

    @Test
    void aProcessIsNotFlushedInOneRoleWhileItAloneHasTheKeysOfTheOther() throws Exception {
        List<String> ofSecond = new ArrayList<>(KEYS);
        ofSecond.removeAll(ofFirst);
        try (RunningProxy proxy = crossed();
                TextClient client = TextClient.connect(proxy.port())) {
            store(client, KEYS, "old");
            first.freeze();
            store(client, ofFirst, "new");
            second.kill();
            first.thaw();

            await("keys of the lost server, from its backup")
                    .during(Duration.ofSeconds(5))
                    .atMost(Duration.ofSeconds(40))
                    .untilAsserted(() -> assertThat(Copies.of(first, ofSecond)).hasSameSizeAs(ofSecond));

            second.start();
            ReplicaStatuses.awaitServing(proxy);
            ofFirst.forEach(stored::remove); // one copy was lost, and the other had missed it
            assertReadable(client, "with both servers back");
        }
    }
}
