package io.mempair.proxy.recovery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.mempair.proxy.config.CopyPolicy;
import io.mempair.proxy.config.Distribution;
import io.mempair.proxy.config.PoolConfig;
import io.mempair.proxy.config.ServerTimeouts;
import io.mempair.proxy.testkit.Copies;
import io.mempair.proxy.testkit.Copies.StoredCopy;
import io.mempair.proxy.testkit.Crew;
import io.mempair.proxy.testkit.Memcached;
import io.mempair.proxy.testkit.ModelFindings;
import io.mempair.proxy.testkit.NoLeaks;
import io.mempair.proxy.testkit.ReplicaStatuses;
import io.mempair.proxy.testkit.RunningProxy;
import io.mempair.proxy.testkit.TextClient;
import io.mempair.proxy.testkit.Wire;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * A server is out of reach but keeps its memory, and misses writes; some that were sent to it arrive when it is back. From
 * then on nobody may ever read what was overwritten or deleted. {@code -Dmempair.copies.keys} says how many keys.
 */
@ExtendWith(NoLeaks.class)
class HealedWireIT {

    private static final int KEYS = Integer.getInteger("mempair.copies.keys", 2_000);
    private static final int READERS = 4;
    private static final int BATCH = 500;
    private static final int KEYS_A_READ = 50;
    private static final Duration AFTERWARDS = Duration.ofSeconds(3);
    private static final Duration LONGEST = Duration.ofSeconds(60 + KEYS / 100);

    /** Short, yet longer than a busy machine lets a server that is well wait. */
    private static final ServerTimeouts SHORT = new ServerTimeouts(
            Duration.ofMillis(200),
            Duration.ofMillis(400),
            Duration.ofMillis(100),
            Duration.ofMillis(20),
            Duration.ofMillis(100));

    /** How a server is lost. */
    enum WireOutage {
        CUT,
        FROZEN
    }

    /** Which of the two copies. */
    enum Victim {
        PRIMARY,
        BACKUP
    }

    private Memcached primary;
    private Memcached backup;
    private Wire toPrimary;
    private Wire toBackup;
    private RunningProxy proxy;

    /** Keys with a write whose fate nobody was told: it may show. */
    private final Set<Integer> uncertain = ConcurrentHashMap.newKeySet();

    private final ModelFindings lies = new ModelFindings();
    private final AtomicLong reads = new AtomicLong();

    @BeforeEach
    void startServers() throws Exception {
        primary = Memcached.started();
        backup = Memcached.started();
        toPrimary = Wire.to(primary);
        toBackup = Wire.to(backup);
        CopyPolicy usual = CopyPolicy.DEFAULT;
        proxy = RunningProxy.over(
                new PoolConfig(List.of(toPrimary.address()), List.of(toBackup.address()), Distribution.MODULO, SHORT)
                        .with(new CopyPolicy(
                                usual.acknowledge(),
                                false,
                                usual.journalBytes(),
                                100_000,
                                usual.refillFor(),
                                usual.refillLifetime())));
    }

    @AfterEach
    void stopServers() {
        proxy.close();
        toPrimary.close();
        toBackup.close();
        primary.close();
        backup.close();
    }

    @ParameterizedTest
    @CsvSource({"CUT, PRIMARY", "FROZEN, PRIMARY", "CUT, BACKUP", "FROZEN, BACKUP"})
    void whatAServerMissedIsNeverReadFromItAgain(WireOutage outage, Victim victim) throws Exception {
        try (Crew crew = new Crew();
                TextClient client = TextClient.connect(proxy.port())) {
            writeAll(client, i -> storage(i, "old"), true);
            lose(outage, victim);
            writeAll(client, i -> i % 4 == 3 ? "" : storage(i, "lost"), false);
            writeAll(client, i -> i % 4 == 3 ? "" : i % 4 == 2 ? "delete key-" + i + "\r\n" : storage(i, "new"), true);

            startReaders(crew);
            giveBack(outage, victim);
            ReplicaStatuses.awaitNoneOut(proxy);
            await().pollDelay(AFTERWARDS).atMost(AFTERWARDS.multipliedBy(10)).until(() -> true);
            crew.stop();
            crew.await(Duration.ofSeconds(60));
            lies.assertNone("in " + reads + " reads since the moment the server was back");

            ReplicaStatuses.awaitServing(proxy);
            assertNothingOldIsHeld(victim == Victim.PRIMARY ? primary : backup);
            if (victim == Victim.BACKUP) {
                primary.kill();
            }
            assertAllReadable(client);
        }
    }

    private void lose(WireOutage outage, Victim victim) {
        if (outage == WireOutage.CUT) {
            (victim == Victim.PRIMARY ? toPrimary : toBackup).cut();
        } else {
            (victim == Victim.PRIMARY ? primary : backup).freeze();
        }
    }

    private void giveBack(WireOutage outage, Victim victim) {
        if (outage == WireOutage.CUT) {
            (victim == Victim.PRIMARY ? toPrimary : toBackup).heal();
        } else {
            (victim == Victim.PRIMARY ? primary : backup).thaw();
        }
    }

    private static String storage(int i, String word) {
        return TextClient.storage("set", "key-" + i, i, 0, word + '-' + i);
    }

    /** The request to write a key, or nothing. */
    private interface WireWrite {
        String of(int i);
    }

    /** Writes each key, many in a row; where {@code acknowledged} is wanted, until it is. */
    private void writeAll(TextClient client, WireWrite write, boolean acknowledged) throws Exception {
        List<Integer> left = new ArrayList<>();
        for (int i = 0; i < KEYS; i++) {
            if (!write.of(i).isEmpty()) {
                left.add(i);
            }
        }
        long endNanos = System.nanoTime() + LONGEST.toNanos();
        while (!left.isEmpty()) {
            List<Integer> failed = new ArrayList<>();
            for (int from = 0; from < left.size(); from += BATCH) {
                writeBatch(client, write, left.subList(from, Math.min(left.size(), from + BATCH)), failed);
            }
            if (!acknowledged) {
                uncertain.addAll(failed);
                return;
            }
            assertThat(System.nanoTime() < endNanos)
                    .as("%d writes not acknowledged in %s with one server out of reach", failed.size(), LONGEST)
                    .isTrue();
            left = failed;
        }
    }

    private static void writeBatch(TextClient client, WireWrite write, List<Integer> keys, List<Integer> failed)
            throws Exception {
        StringBuilder batch = new StringBuilder();
        keys.forEach(i -> batch.append(write.of(i)));
        client.send(batch.toString());
        for (int i : keys) {
            String answer = client.line();
            if (answer.startsWith("SERVER_ERROR")) {
                failed.add(i);
            } else {
                assertThat(answer).isIn("STORED", "DELETED", "NOT_FOUND");
            }
        }
    }

    private void startReaders(Crew crew) {
        for (int r = 0; r < READERS; r++) {
            int number = r;
            crew.start("reader " + r, () -> {
                try (TextClient client = TextClient.connect(proxy.port())) {
                    Random random = new Random(number);
                    while (crew.goesOn()) {
                        read(client, random.nextInt(KEYS), number % 2 == 0 ? 1 : KEYS_A_READ);
                    }
                }
            });
        }
    }

    /** Reads some keys with one request and notes every lie; a failure is none. */
    private boolean read(TextClient client, int from, int count) throws Exception {
        StringBuilder request = new StringBuilder("get");
        for (int i = 0; i < count; i++) {
            request.append(" key-").append((from + i) % KEYS);
        }
        TextClient.Retrieved found = client.retrieve(request.toString());
        if (found.failed()) {
            return false;
        }
        Map<String, String> values = new ConcurrentHashMap<>();
        found.items().forEach(item -> values.put(item.key(), item.value()));
        for (int i = 0; i < count; i++) {
            int key = (from + i) % KEYS;
            String value = values.getOrDefault("key-" + key, "");
            if (!isTrue(key, value)) {
                lies.add("key-" + key + " read as '" + value + "' (expected: '" + truth(key) + "') in "
                        + (count == 1 ? "a get" : "a get of " + count));
            }
            reads.incrementAndGet();
        }
        return true;
    }

    /** The value that was last acknowledged, empty for none. */
    private static String truth(int i) {
        return switch (i % 4) {
            case 2 -> "";
            case 3 -> "old-" + i;
            default -> "new-" + i;
        };
    }

    private boolean isTrue(int i, String value) {
        return value.equals(truth(i)) || (uncertain.contains(i) && value.equals("lost-" + i));
    }

    private void assertNothingOldIsHeld(Memcached memcached) throws Exception {
        List<String> keys = new ArrayList<>();
        for (int i = 0; i < KEYS; i++) {
            keys.add("key-" + i);
        }
        Map<String, StoredCopy> held = Copies.of(memcached, keys);
        ModelFindings old = new ModelFindings();
        for (int i = 0; i < KEYS; i++) {
            StoredCopy copy = held.get("key-" + i);
            if (copy != null && !copy.value().isEmpty() && !isTrue(i, copy.value())) {
                old.add("key-" + i + ": " + copy);
            }
        }
        old.assertNone("what the server that was lost holds and clients must not see");
    }

    private void assertAllReadable(TextClient client) {
        await("a read of every key").atMost(LONGEST).until(() -> {
            boolean answered = true;
            for (int from = 0; from < KEYS; from += KEYS_A_READ) {
                answered &= read(client, from, Math.min(KEYS_A_READ, KEYS - from));
            }
            return answered;
        });
        lies.assertNone("in a last read of every key");
    }
}
