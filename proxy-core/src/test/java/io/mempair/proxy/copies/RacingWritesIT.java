package io.mempair.proxy.copies;

import static org.assertj.core.api.Assertions.assertThat;

import io.mempair.proxy.config.Distribution;
import io.mempair.proxy.config.PoolConfig;
import io.mempair.proxy.config.ServerTimeouts;
import io.mempair.proxy.server.PausedProxy;
import io.mempair.proxy.server.QuiescedReloads;
import io.mempair.proxy.testkit.Copies;
import io.mempair.proxy.testkit.Crew;
import io.mempair.proxy.testkit.Memcached;
import io.mempair.proxy.testkit.ModelFindings;
import io.mempair.proxy.testkit.NoLeaks;
import io.mempair.proxy.testkit.RunningProxy;
import io.mempair.proxy.testkit.TextClient;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * Clients of different loops write the same keys at the same time, in every way. Afterwards both copies of every key are
 * equal. {@code -Dmempair.copies.writes} says how many writes, {@code -Dmempair.copies.seed} which.
 */
@ExtendWith(NoLeaks.class)
class RacingWritesIT {

    private static final int WRITES = Integer.getInteger("mempair.copies.writes", 30_000);
    private static final long SEED = Long.getLong("mempair.copies.seed", 11);
    private static final int CLIENTS = 32;
    private static final int KEYS = 1_000;

    /** Every fourth key is for numbers. */
    private static final int NUMBERS = 4;

    /** Half of the writes meet on these. */
    private static final int CROWDED = 40;

    /** Copies whose ends are further apart than this got a touch in another order. */
    private static final long LIFETIME_SLACK_SECONDS = 60;

    /** Nothing fails here, so a slow machine must not make a server look dead. */
    private static final ServerTimeouts PATIENT = new ServerTimeouts(
            Duration.ofSeconds(5),
            Duration.ofSeconds(20),
            Duration.ofSeconds(1),
            Duration.ofMillis(20),
            Duration.ofMillis(100));

    private final Map<String, Integer> answers = new ConcurrentHashMap<>();

    @Test
    void bothCopiesOfEveryKeyAreEqualWhenTheRaceIsOver() throws Exception {
        race(pool -> RunningProxy.over(pool), WRITES, KEYS);
    }

    /** Few keys, so that loops meet in each. */
    @Test
    void bothCopiesOfEveryKeyAreEqualWhenLoopsPauseBetweenTheirSteps() throws Exception {
        race(pool -> PausedProxy.over(pool, 4, SEED), WRITES / 4, CROWDED);
    }

    private interface Start {
        RunningProxy over(PoolConfig pool) throws Exception;
    }

    private void race(Start start, int writes, int keysUsed) throws Exception {
        try (Memcached primary = Memcached.started();
                Memcached backup = Memcached.started();
                RunningProxy proxy = start.over(new PoolConfig(
                        List.of(primary.address()), List.of(backup.address()), Distribution.MODULO, PATIENT));
                Crew crew = new Crew()) {
            for (int i = 0; i < CLIENTS; i++) {
                int number = i;
                crew.start("writer " + i, () -> {
                    try (TextClient client = TextClient.connect(proxy.port())) {
                        new Writer(client, number, keysUsed).write(writes / CLIENTS, crew);
                    }
                });
            }
            try {
                crew.await(Duration.ofSeconds(120 + writes / 500));
            } catch (AssertionError e) {
                throw new AssertionError(
                        "seed " + SEED + ": " + e.getMessage() + '\n' + QuiescedReloads.describe(proxy), e);
            }

            List<String> keys = new ArrayList<>();
            for (int i = 0; i < keysUsed; i++) {
                keys.add(key(i));
            }
            Map<String, Copies.StoredCopy> onPrimary = Copies.of(primary, keys);
            Map<String, Copies.StoredCopy> onBackup = Copies.of(backup, keys);
            assertThat(answers.keySet())
                    .as("kinds of answers; without one of them the race was none")
                    .contains(
                            "STORED",
                            "NOT_STORED",
                            "EXISTS",
                            "NOT_FOUND",
                            "DELETED",
                            "TOUCHED",
                            "a number",
                            "HD",
                            "NS",
                            "NF");
            ModelFindings different = new ModelFindings();
            different.addAll(Copies.differences(onPrimary, onBackup, keys));
            different.assertNone(
                    "keys that differ (primary / backup), of " + onPrimary.size() + "; seed " + SEED + ", " + answers);
            assertThat(lifetimesThatDiffer(onPrimary, onBackup))
                    .as("lifetimes that differ (primary / backup); seed %d", SEED)
                    .isEmpty();
        }
    }

    private static List<String> lifetimesThatDiffer(
            Map<String, Copies.StoredCopy> one, Map<String, Copies.StoredCopy> other) {
        List<String> differences = new ArrayList<>();
        one.forEach((key, copy) -> {
            long otherSeconds = other.get(key).lifetimeSeconds();
            if (Math.abs(copy.lifetimeSeconds() - otherSeconds) > LIFETIME_SLACK_SECONDS) {
                differences.add(key + ": " + copy.lifetimeSeconds() + " s / " + otherSeconds + " s");
            }
        });
        return differences;
    }

    private static String key(int i) {
        return (i % NUMBERS == 0 ? "number-" : "text-") + i;
    }

    /** One client: batches of writes, and now and then a read for a cas id. */
    private final class Writer {

        private final TextClient client;
        private final Random random;
        private final int number;
        private final int keysUsed;
        private final Map<String, Long> casIds = new HashMap<>();
        private final List<Boolean> retrievals = new ArrayList<>();
        private final StringBuilder batch = new StringBuilder();
        private int writes;

        Writer(TextClient client, int number, int keysUsed) {
            this.keysUsed = keysUsed;
            this.client = client;
            this.number = number;
            this.random = new Random(SEED * 1_000 + number);
        }

        void write(int wanted, Crew crew) throws Exception {
            while (writes < wanted && crew.goesOn()) {
                for (int i = random.nextInt(20); i >= 0; i--) {
                    command(random.nextBoolean() ? random.nextInt(keysUsed) : random.nextInt(CROWDED));
                }
                exchange();
            }
        }

        private void command(int i) {
            String key = key(i);
            boolean isNumber = i % NUMBERS == 0;
            writes++;
            switch (random.nextInt(30)) {
                case 0, 1 -> line("delete " + key);
                case 2, 3 -> line("touch " + key + ' ' + exptime());
                case 4, 5 -> store("add", key, isNumber);
                case 6 -> store("replace", key, isNumber);
                case 7, 8 -> more("append", key, isNumber);
                case 9 -> more("prepend", key, isNumber);
                case 10, 11, 12, 13 -> casOrGets(key, isNumber);
                case 14, 15, 16 -> line("incr " + key(i - i % NUMBERS) + ' ' + (1 + random.nextInt(9)));
                case 17, 18, 19, 20 -> meta(key, isNumber);
                default -> store("set", key, isNumber);
            }
        }

        private void meta(String key, boolean isNumber) {
            switch (random.nextInt(6)) {
                case 0 -> line("md " + key);
                case 1 -> line("mg " + key + " T" + exptime());
                case 2 -> line("ma " + (isNumber ? key : key(0)) + " D3 N" + exptime() + " J5");
                default -> {
                    String value = value(isNumber);
                    String mode = List.of("MS", "ME", "MR").get(random.nextInt(3));
                    line("ms " + key + ' ' + value.length() + " F" + random.nextInt(1 << 20) + " T" + exptime() + ' '
                            + mode + "\r\n" + value);
                }
            }
        }

        /** Text only: a number that grew at its end would soon be none. */
        private void more(String command, String key, boolean isNumber) {
            if (isNumber) {
                line("incr " + key + " 1");
            } else {
                retrievals.add(false);
                batch.append(TextClient.storage(command, key, 0, 0, "+" + number + '.' + writes));
            }
        }

        private void store(String command, String key, boolean isNumber) {
            retrievals.add(false);
            batch.append(TextClient.storage(command, key, random.nextInt(1 << 20), exptime(), value(isNumber)));
        }

        private void casOrGets(String key, boolean isNumber) {
            Long cas = casIds.remove(key);
            if (cas == null) {
                writes--;
                batch.append("gets ").append(key).append("\r\n");
                retrievals.add(true);
            } else {
                String value = value(isNumber);
                line("cas " + key + ' ' + random.nextInt(1 << 20) + ' ' + exptime() + ' ' + value.length() + ' '
                        + Long.toUnsignedString(cas) + "\r\n" + value);
            }
        }

        private void line(String request) {
            retrievals.add(false);
            batch.append(request).append("\r\n");
        }

        private String value(boolean isNumber) {
            return isNumber ? String.valueOf(writes * 100L + number) : number + "." + writes + "=".repeat(writes % 50);
        }

        /** Without end, or ends so far apart that it shows which of two was the later. */
        private int exptime() {
            return random.nextBoolean() ? 0 : 10_000 * (1 + random.nextInt(200));
        }

        private void exchange() throws Exception {
            client.send(batch.toString());
            batch.setLength(0);
            for (boolean retrieval : retrievals) {
                if (retrieval) {
                    TextClient.Retrieved found = client.retrieved();
                    assertThat(found.error()).as("answer to gets").isEmpty();
                    found.items().forEach(item -> casIds.put(item.key(), item.cas()));
                } else {
                    answers.merge(kind(client.line()), 1, Integer::sum);
                }
            }
            retrievals.clear();
        }

        private String kind(String answer) {
            if (!answer.isEmpty() && answer.chars().allMatch(Character::isDigit)) {
                return "a number";
            }
            assertThat(answer)
                    .as("answer to a write while nothing fails; seed %d", SEED)
                    .isIn("STORED", "NOT_STORED", "EXISTS", "NOT_FOUND", "DELETED", "TOUCHED", "HD", "NS", "NF", "EN");
            return answer;
        }
    }
}
