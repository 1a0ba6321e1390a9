package io.mempair.proxy.inspect;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HotKeysTest {

    private static final int PLACES = 32;

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10})
    void aCountIsNeverTooLowAndTooHighByItsErrorAtMost(long seed) {
        HotKeys hot = new HotKeys(PLACES, 0, 1, seed);
        Map<String, Long> truth = new HashMap<>();
        Random random = new Random(seed);
        int stream = 20_000;
        for (int i = 0; i < stream; i++) {
            String key = "k" + (int) (500 * random.nextDouble() * random.nextDouble() * random.nextDouble());
            see(hot, key);
            truth.merge(key, 1L, Long::sum);
        }

        Map<String, HotKey> found =
                hot.keys().stream().collect(Collectors.toMap(key -> new String(key.key()), key -> key));
        assertThat(found).as("seed %d", seed).hasSize(PLACES);
        found.forEach((key, counted) -> assertThat(truth.get(key))
                .as("seed %d, %s", seed, counted)
                .isBetween(counted.count() - counted.error(), counted.count()));
        truth.forEach((key, times) -> {
            if (times > stream / PLACES) {
                assertThat(found).as("seed %d, %s of %d", seed, key, times).containsKey(key);
            }
        });
        assertThat(hot.counted()).isEqualTo(stream);
        assertThat(found.values().stream().mapToLong(HotKey::count).sum()).isEqualTo(stream);
    }

    @ParameterizedTest
    @ValueSource(longs = {1, -7, 42, Long.MIN_VALUE, 0})
    void aSampleIsOneInSixtyFourWhateverPatternTheClientsHave(long seed) {
        HotKeys hot = new HotKeys(HotKeys.PLACES, 0, HotKeys.EVERY, seed);
        int rounds = 64_000;
        for (int i = 0; i < rounds; i++) {
            see(hot, "turn" + i % HotKeys.EVERY); // a client in step with a fixed distance would show one key only
        }

        assertThat(hot.counted()).isBetween(rounds - 64 * 200L, rounds + 64 * 200L);
        assertThat(hot.keys()).hasSizeGreaterThan(50);
        assertThat(hot.keys().get(0).count()).isLessThan(64 * 60);
    }

    @Test
    void ofAQuietStreamNothingIsMissedAndABusyOneIsEstimated() {
        HotKeys quiet = new HotKeys(7);
        see(quiet, "a");
        see(quiet, "b");
        see(quiet, "b");

        assertThat(quiet.counted()).isEqualTo(3);
        assertThat(quiet.keys()).hasToString("[b 2 (-0), a 1 (-0)]");

        HotKeys busy = new HotKeys(7);
        for (int i = 0; i < 100_000; i++) {
            see(busy, "k");
        }
        assertThat(busy.counted()).isBetween(90_000L, 110_000L);
    }

    @Test
    void theSameBytesInAnotherPlaceAreTheSameKey() {
        HotKeys hot = new HotKeys(2, 0, 1, 5);
        byte[] line = "get abc abc\r\n".getBytes(StandardCharsets.US_ASCII);
        hot.seen(line, 4, 3);
        hot.seen(line, 8, 3);
        line[4] = 'x';

        assertThat(hot.keys()).hasToString("[abc 2 (-0)]");
    }

    @Test
    void loopsAreMergedByKeyAndTheHottestComeFirst() {
        TopKeys one = new TopKeys(10, 5, List.of(served("a", 6, 1, "m1"), served("b", 4, 0, "m2")));
        TopKeys two = new TopKeys(9, 7, List.of(served("b", 5, 2, "m2"), served("c", 4, 0, "m1")));

        TopKeys both = TopKeys.merged(List.of(one, two), 2);

        assertThat(both.counted()).isEqualTo(19);
        assertThat(both.tookNanos()).isEqualTo(7);
        assertThat(both.keys())
                .extracting(key -> key.key() + " " + key.server())
                .containsExactly("b 9 (-2) m2", "a 6 (-1) m1");
    }

    private static TopKeys.ServedKey served(String key, long count, long error, String server) {
        return new TopKeys.ServedKey(new HotKey(key.getBytes(StandardCharsets.US_ASCII), count, error), server);
    }

    private static void see(HotKeys hot, String key) {
        byte[] bytes = key.getBytes(StandardCharsets.US_ASCII);
        hot.seen(bytes, 0, bytes.length);
    }
}
