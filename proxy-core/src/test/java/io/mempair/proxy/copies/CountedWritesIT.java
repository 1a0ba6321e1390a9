package io.mempair.proxy.copies;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.mempair.proxy.config.CopyPolicy;
import io.mempair.proxy.config.Distribution;
import io.mempair.proxy.config.PoolConfig;
import io.mempair.proxy.config.ServerTimeouts;
import io.mempair.proxy.testkit.Copies;
import io.mempair.proxy.testkit.Crew;
import io.mempair.proxy.testkit.Memcached;
import io.mempair.proxy.testkit.ModelFindings;
import io.mempair.proxy.testkit.NoLeaks;
import io.mempair.proxy.testkit.ReplicaStatuses;
import io.mempair.proxy.testkit.RunningProxy;
import io.mempair.proxy.testkit.TextClient;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * Writes that must not happen twice and not be lost, while first the backup and then the primary is killed and comes back
 * empty: what was acknowledged counts exactly once, what failed at most once. {@code -Dmempair.copies.counted} says how
 * many of each kind at least.
 */
@ExtendWith(NoLeaks.class)
class CountedWritesIT {

    private static final int OPERATIONS = Integer.getInteger("mempair.copies.counted", 4_000);
    private static final int CLIENTS = 8;
    private static final int KEYS = 8;

    /** A tenth of the work, which is of two kinds. */
    private static final long PROGRESS = OPERATIONS / 5;

    /** A killed server shows at once; a slow one must not look dead. */
    private static final ServerTimeouts PATIENT = new ServerTimeouts(
            Duration.ofSeconds(2),
            Duration.ofSeconds(10),
            Duration.ofMillis(500),
            Duration.ofMillis(20),
            Duration.ofMillis(100));

    private final AtomicLong acknowledged = new AtomicLong();
    private final Counts counts = new Counts();

    /** What the clients were told, by key. */
    private static final class Counts {
        private final Map<String, AtomicInteger> incremented = new ConcurrentHashMap<>();
        private final Map<String, AtomicInteger> incrementsFailed = new ConcurrentHashMap<>();
        private final Map<String, Set<String>> appended = new ConcurrentHashMap<>();
        private final Map<String, Set<String>> appendsFailed = new ConcurrentHashMap<>();

        Counts() {
            for (int i = 0; i < KEYS; i++) {
                incremented.put("counter-" + i, new AtomicInteger());
                incrementsFailed.put("counter-" + i, new AtomicInteger());
                appended.put("tokens-" + i, ConcurrentHashMap.newKeySet());
                appendsFailed.put("tokens-" + i, ConcurrentHashMap.newKeySet());
            }
        }
    }

    @Test
    void whatWasAcknowledgedCountsExactlyOnceWhileServersDieAndComeBackEmpty() throws Exception {
        try (Memcached primary = Memcached.started();
                Memcached backup = Memcached.started();
                RunningProxy proxy = RunningProxy.over(new PoolConfig(
                                List.of(primary.address()), List.of(backup.address()), Distribution.MODULO, PATIENT)
                        .with(new CopyPolicy(
                                CopyPolicy.Acknowledge.ALL,
                                false,
                                16 << 20,
                                1_000,
                                Duration.ofHours(1),
                                Duration.ofHours(1))));
                Crew crew = new Crew()) {
            createKeys(proxy);
            AtomicInteger storiesToTell = new AtomicInteger(2);
            for (int i = 0; i < CLIENTS; i++) {
                int number = i;
                crew.start("counting client " + i, () -> count(proxy, number, storiesToTell, crew));
            }

            for (Memcached victim : List.of(backup, primary)) {
                Memcached other = victim == backup ? primary : backup;
                awaitProgress(crew);
                victim.kill();
                awaitProgress(crew);
                victim.start();
                awaitWhole(proxy, victim, other, crew);
                awaitProgress(crew);
                storiesToTell.decrementAndGet();
            }
            crew.await(Duration.ofSeconds(120 + OPERATIONS / 100));

            Map<String, String> values = read(proxy);
            lies(values).assertNone("values read from the proxy");
            Map<String, Copies.StoredCopy> onPrimary = Copies.of(primary, values.keySet());
            assertThat(Copies.differences(onPrimary, Copies.of(backup, values.keySet()), values.keySet()))
                    .as("keys that differ (primary / backup)")
                    .isEmpty();
        }
    }

    private void createKeys(RunningProxy proxy) throws Exception {
        try (TextClient client = TextClient.connect(proxy.port())) {
            for (String key : counts.incremented.keySet()) {
                assertThat(client.ask(TextClient.storage("set", key, 1, 0, "0")))
                        .isEqualTo("STORED");
            }
            for (String key : counts.appended.keySet()) {
                assertThat(client.ask(TextClient.storage("set", key, 2, 0, "start;")))
                        .isEqualTo("STORED");
            }
        }
    }

    private void count(RunningProxy proxy, int number, AtomicInteger storiesToTell, Crew crew) throws Exception {
        try (TextClient client = TextClient.connect(proxy.port())) {
            for (int n = 0; crew.goesOn() && (n < OPERATIONS / CLIENTS || storiesToTell.get() > 0); n++) {
                String counter = "counter-" + (n + number) % KEYS;
                String list = "tokens-" + (n / 3 + number) % KEYS;
                String token = number + "." + n;
                client.send("incr " + counter + " 1\r\n" + TextClient.storage("append", list, 0, 0, token + ';'));
                String incremented = client.line();
                note(incremented, incremented.matches("\\d+"), "incr " + counter);
                (incremented.startsWith("SERVER_ERROR") ? counts.incrementsFailed : counts.incremented)
                        .get(counter)
                        .incrementAndGet();
                String appended = client.line();
                note(appended, appended.equals("STORED"), "append " + list);
                (appended.startsWith("SERVER_ERROR") ? counts.appendsFailed : counts.appended)
                        .get(list)
                        .add(token);
            }
        }
    }

    private void note(String answer, boolean success, String request) {
        if (success) {
            acknowledged.incrementAndGet();
        } else {
            assertThat(answer)
                    .as("answer to %s, whose key was never deleted", request)
                    .startsWith("SERVER_ERROR");
        }
    }

    /** A tenth of the work is done and acknowledged from here on. */
    private void awaitProgress(Crew crew) {
        long goal = acknowledged.get() + PROGRESS;
        await("progress of the clients")
                .atMost(Duration.ofSeconds(60 + OPERATIONS / 100))
                .until(() -> {
                    crew.check();
                    return acknowledged.get() >= goal;
                });
    }

    /** A server that came back has every key again: before that the other must not be lost. */
    private void awaitWhole(RunningProxy proxy, Memcached returned, Memcached other, Crew crew) {
        Set<String> keys = new HashSet<>(counts.incremented.keySet());
        keys.addAll(counts.appended.keySet());
        ReplicaStatuses.awaitNoneOut(proxy);
        await("every key on the server that came back")
                .atMost(Duration.ofSeconds(60))
                .until(() -> {
                    crew.check();
                    try (TextClient client = TextClient.connect(proxy.port())) {
                        client.retrieve("get " + String.join(" ", keys));
                    }
                    return holdsAll(returned, keys) && holdsAll(other, keys);
                });
        ReplicaStatuses.awaitNoneOut(proxy);
    }

    /** An empty value is the mark of a refill that is under way. */
    private static boolean holdsAll(Memcached memcached, Set<String> keys) throws Exception {
        Map<String, Copies.StoredCopy> held = Copies.of(memcached, keys);
        return held.size() == keys.size()
                && held.values().stream().noneMatch(copy -> copy.value().isEmpty());
    }

    private Map<String, String> read(RunningProxy proxy) throws Exception {
        Set<String> keys = new HashSet<>(counts.incremented.keySet());
        keys.addAll(counts.appended.keySet());
        Map<String, String> values = new HashMap<>();
        try (TextClient client = TextClient.connect(proxy.port())) {
            for (String key : keys) {
                TextClient.Retrieved found = client.retrieve("get " + key);
                assertThat(found.items())
                        .as("items of %s, %s", key, found.error())
                        .hasSize(1);
                values.put(key, found.items().get(0).value());
            }
        }
        return values;
    }

    private ModelFindings lies(Map<String, String> values) {
        ModelFindings lies = new ModelFindings();
        counts.incremented.forEach((key, sure) -> {
            long value = Long.parseLong(values.get(key).strip());
            long most = (long) sure.get() + counts.incrementsFailed.get(key).get();
            if (value < sure.get() || value > most) {
                lies.add(key + " is " + value + " (expected: " + sure + " to " + most + ')');
            }
        });
        counts.appended.forEach((key, sure) -> {
            Set<String> missing = new HashSet<>(sure);
            Set<String> allowed = new HashSet<>(counts.appendsFailed.get(key));
            allowed.add("start");
            for (String token : values.get(key).split(";", -1)) {
                if (!token.isEmpty() && !missing.remove(token) && !allowed.remove(token)) {
                    lies.add(key + " has " + token + (sure.contains(token) ? " twice" : ", which is not expected"));
                }
            }
            missing.forEach(token -> lies.add(key + " lacks " + token));
        });
        return lies;
    }
}
