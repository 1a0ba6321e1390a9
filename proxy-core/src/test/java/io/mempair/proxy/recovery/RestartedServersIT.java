package io.mempair.proxy.recovery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.mempair.proxy.config.CopyPolicy;
import io.mempair.proxy.config.Distribution;
import io.mempair.proxy.config.PoolConfig;
import io.mempair.proxy.config.ServerTimeouts;
import io.mempair.proxy.testkit.Copies;
import io.mempair.proxy.testkit.Copies.StoredCopy;
import io.mempair.proxy.testkit.Memcached;
import io.mempair.proxy.testkit.ModelFindings;
import io.mempair.proxy.testkit.NoLeaks;
import io.mempair.proxy.testkit.ReplicaStatuses;
import io.mempair.proxy.testkit.RunningProxy;
import io.mempair.proxy.testkit.TextClient;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * All servers of one tier are killed, and come back empty: no read misses at any moment, and what the reads brought back has
 * the flags and the lifetime of the other copy.
 */
@ExtendWith(NoLeaks.class)
@Timeout(180)
class RestartedServersIT {

    private static final int KEYS = 400;

    /** Every so many, a key has a large value. */
    private static final int LARGE = 40;

    private static final int LARGEST_BYTES = 512 << 10;
    private static final long FORTY_DAYS_SECONDS = 40L * 24 * 3_600;
    private static final long THIRTY_DAYS_SECONDS = 30L * 24 * 3_600;

    /** Large values on a busy machine take a moment; a killed server shows without waiting. */
    private static final ServerTimeouts PATIENT = new ServerTimeouts(
            Duration.ofSeconds(2),
            Duration.ofSeconds(10),
            Duration.ofMillis(200),
            Duration.ofMillis(20),
            Duration.ofMillis(100));

    private record Stored(long flags, String value) {}

    private final Map<String, Stored> stored = new LinkedHashMap<>();
    private Memcached first;
    private Memcached second;
    private Memcached backup;

    @BeforeEach
    void startServers() throws Exception {
        first = Memcached.started();
        second = Memcached.started();
        backup = Memcached.started();
    }

    @AfterEach
    void stopServers() {
        first.close();
        second.close();
        backup.close();
    }

    @Test
    void readsBringBackWhatThePrimariesLost() throws Exception {
        try (RunningProxy proxy = proxy(0);
                TextClient client = TextClient.connect(proxy.port())) {
            store(client);
            first.kill();
            second.kill();
            assertReadable(client, "with both primaries dead");

            first.start();
            second.start();
            assertReadable(client, "from the moment both primaries are back");
            ReplicaStatuses.awaitUp(proxy);
            assertReadable(client, "with both primaries back, empty");

            awaitEqualTiers();
        }
    }

    @Test
    void aMultiGetFindsWhatThePrimariesLost() throws Exception {
        try (RunningProxy proxy = proxy(0);
                TextClient client = TextClient.connect(proxy.port())) {
            store(client);
            first.kill();
            second.kill();
            assertReadableAtOnce(client, "with both primaries dead");

            first.start();
            second.start();
            ReplicaStatuses.awaitUp(proxy);
            assertReadableAtOnce(client, "with both primaries back, empty");

            awaitEqualTiers();
        }
    }

    @Test
    void theBackupThatLostEverythingIsFilledFromThePrimaries() throws Exception {
        try (RunningProxy proxy = proxy(100_000);
                TextClient client = TextClient.connect(proxy.port())) {
            store(client);
            backup.kill();
            assertReadable(client, "with the backup dead");

            backup.start();
            assertReadable(client, "from the moment the backup is back");
            ReplicaStatuses.awaitUp(proxy);
            assertReadable(client, "with the backup back, empty");
            awaitEqualTiers();

            first.kill();
            second.kill();
            assertReadable(client, "from the backup alone, after it was filled");
        }
    }

    private RunningProxy proxy(int refillKeysPerSecond) throws Exception {
        CopyPolicy usual = CopyPolicy.DEFAULT;
        return RunningProxy.over(new PoolConfig(
                        List.of(first.address(), second.address()),
                        List.of(backup.address()),
                        Distribution.MODULO,
                        PATIENT)
                .with(new CopyPolicy(
                        usual.acknowledge(),
                        false,
                        usual.journalBytes(),
                        refillKeysPerSecond,
                        usual.refillFor(),
                        usual.refillLifetime())));
    }

    private void store(TextClient client) throws Exception {
        Random random = new Random(7);
        long[] exptimes = {0, 100, 3_000, System.currentTimeMillis() / 1_000 + FORTY_DAYS_SECONDS};
        for (int i = 0; i < KEYS; i++) {
            int bytes = i % LARGE == 0 ? LARGEST_BYTES - i : random.nextInt(200);
            Stored item = new Stored(random.nextInt() & 0xffff_ffffL, value(i, bytes));
            String request = TextClient.storage("set", "key-" + i, item.flags(), exptimes[i % 4], item.value());
            assertThat(client.ask(request)).isEqualTo("STORED");
            stored.put("key-" + i, item);
        }
    }

    /** The shortest are empty: they must not be taken for anything else. */
    private static String value(int i, int bytes) {
        String pattern = "value " + i + "\r\nEND\r\n";
        return pattern.repeat(bytes / pattern.length() + 1).substring(0, i % 50 == 1 ? 0 : bytes);
    }

    private void assertReadable(TextClient client, String when) throws Exception {
        ModelFindings wrong = new ModelFindings();
        for (String key : stored.keySet()) {
            compare(key, client.retrieve("get " + key), wrong);
        }
        wrong.assertNone("reads " + when);
    }

    private void assertReadableAtOnce(TextClient client, String when) throws Exception {
        ModelFindings wrong = new ModelFindings();
        TextClient.Retrieved all = client.retrieve("get " + String.join(" ", stored.keySet()));
        Map<String, TextClient.TextItem> items = new HashMap<>();
        all.items().forEach(item -> items.put(item.key(), item));
        for (String key : stored.keySet()) {
            TextClient.TextItem item = items.get(key);
            compare(key, new TextClient.Retrieved(item == null ? List.of() : List.of(item), all.error()), wrong);
        }
        wrong.assertNone("one read of all " + when);
    }

    private void compare(String key, TextClient.Retrieved found, ModelFindings wrong) {
        if (found.failed()) {
            wrong.add(key + ": " + found.error());
        } else if (found.items().isEmpty()) {
            wrong.add(key + ": a miss");
        } else {
            TextClient.TextItem item = found.items().get(0);
            Stored expected = stored.get(key);
            if (item.flags() != expected.flags()) {
                wrong.add(key + ": flags " + item.flags() + " (expected: " + expected.flags() + ')');
            } else if (!item.value().equals(expected.value())) {
                wrong.add(key + ": another value, of " + item.value().length() + " bytes");
            }
        }
    }

    /** A refill may be under way when the read it comes from is answered. */
    private void awaitEqualTiers() {
        await("copies that are equal in all").atMost(Duration.ofSeconds(30)).untilAsserted(() -> {
            Map<String, StoredCopy> onPrimaries = new HashMap<>(Copies.of(first, stored.keySet()));
            onPrimaries.putAll(Copies.of(second, stored.keySet()));
            Map<String, StoredCopy> onBackup = Copies.of(backup, stored.keySet());
            ModelFindings different = new ModelFindings();
            different.addAll(Copies.differences(onPrimaries, onBackup, stored.keySet()));
            different.assertNone("keys that differ (primary / backup)");
            assertThat(onPrimaries).as("keys on the primaries").hasSize(KEYS);
            assertThat(lifetimesThatDiffer(onPrimaries, onBackup))
                    .as("lifetimes that differ (primary / backup)")
                    .isEmpty();
        });
    }

    /** To a second, as clocks tick; beyond thirty days a lifetime is a date, and the date of a server's start ticks too. */
    private static List<String> lifetimesThatDiffer(Map<String, StoredCopy> one, Map<String, StoredCopy> other) {
        List<String> differences = new ArrayList<>();
        one.forEach((key, copy) -> {
            long seconds = copy.lifetimeSeconds();
            long otherSeconds = other.get(key).lifetimeSeconds();
            long slack = seconds < 0 || otherSeconds < 0 ? 0 : seconds > THIRTY_DAYS_SECONDS ? 2 : 1;
            if (Math.abs(seconds - otherSeconds) > slack) {
                differences.add(key + ": " + seconds + " s / " + otherSeconds + " s");
            }
        });
        return differences;
    }
}
