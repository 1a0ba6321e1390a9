package io.mempair.proxy.route;

import static org.assertj.core.api.Assertions.assertThat;

import io.mempair.proxy.config.Distribution;
import io.mempair.proxy.config.HashFunction;
import io.mempair.proxy.config.KeyPart;
import io.mempair.proxy.config.PlacementRule;
import io.mempair.proxy.config.ServerAddress;
import io.mempair.proxy.config.ServerLabel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** What holds for every placement. That each is the one of its clients is for them to say, in PlacementIT. */
class PlacementTest {

    private static final int KEYS = 20_000;

    private static List<ServerAddress> servers(int count) {
        return IntStream.rangeClosed(1, count)
                .mapToObj(i -> new ServerAddress("10.0.0." + i, 11_211))
                .toList();
    }

    private static int owner(Placement placement, String key) {
        byte[] bytes = ("get " + key + "\r\n").getBytes(StandardCharsets.US_ASCII);
        return placement.serverOf(bytes, 4, key.length());
    }

    @ParameterizedTest
    @EnumSource(Distribution.class)
    void everyServerHasAboutItsShare(Distribution distribution) {
        Placement placement = Placement.of(new PlacementRule(distribution), servers(5));
        int[] counts = new int[5];
        for (int i = 0; i < KEYS; i++) {
            counts[owner(placement, "user:" + i + ":name")]++;
        }

        assertThat(IntStream.of(counts).min().orElseThrow()).isGreaterThan(KEYS / 5 / 2);
        assertThat(IntStream.of(counts).max().orElseThrow()).isLessThan(KEYS / 5 * 2);
    }

    @ParameterizedTest
    @EnumSource(
            value = Distribution.class,
            mode = EnumSource.Mode.EXCLUDE,
            names = {"MODULO", "MODULA", "PHP_MEMCACHE_STANDARD"})
    void anotherServerAtTheEndTakesKeysAndMovesHardlyAnyOther(Distribution distribution) {
        Placement before = Placement.of(new PlacementRule(distribution), servers(6));
        Placement after = Placement.of(new PlacementRule(distribution), servers(7));
        int taken = 0;
        int moved = 0;
        for (int i = 0; i < KEYS; i++) {
            String key = "k" + i;
            int now = owner(after, key);
            taken += now == 6 ? 1 : 0;
            moved += now != 6 && now != owner(before, key) ? 1 : 0;
        }

        assertThat(taken).isPositive();
        // rings whose points hang on the number of servers, or that only look at buckets, move a few more
        assertThat(moved).isLessThan(KEYS / 20);
    }

    @ParameterizedTest
    @EnumSource(Distribution.class)
    void weightsOfOnePlaceAsNoWeightsDo(Distribution distribution) {
        List<ServerAddress> five = servers(5);
        var labels = new HashMap<ServerAddress, ServerLabel>();
        five.forEach(server -> labels.put(server, new ServerLabel("", 1)));
        Placement plain = Placement.of(new PlacementRule(distribution), five);
        Placement weighted = Placement.of(new PlacementRule(distribution, Optional.empty(), KeyPart.ALL, labels), five);

        for (int i = 0; i < 1_000; i++) {
            assertThat(owner(weighted, "k" + i)).isEqualTo(owner(plain, "k" + i));
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = Distribution.class,
            names = {
                "MODULA",
                "LIBKETAMA",
                "HASHRING",
                "SPYMEMCACHED",
                "XMEMCACHED",
                "PHP_MEMCACHE",
                "PHP_MEMCACHE_STANDARD",
                "DALLI",
                "LIBMEMCACHED"
            })
    void aServerOfWeightThreeHasAboutThreeTimesTheKeys(Distribution distribution) {
        List<ServerAddress> four = servers(4);
        Placement placement = Placement.of(
                new PlacementRule(
                        distribution, Optional.empty(), KeyPart.ALL, Map.of(four.get(1), new ServerLabel("", 3))),
                four);
        int[] counts = new int[4];
        for (int i = 0; i < KEYS; i++) {
            counts[owner(placement, "k" + i)]++;
        }

        assertThat(counts[1]).isBetween(KEYS * 4 / 10, KEYS * 6 / 10);
    }

    @ParameterizedTest
    @EnumSource(
            value = Distribution.class,
            mode = EnumSource.Mode.EXCLUDE,
            names = {"MODULO", "MODULA", "PHP_MEMCACHE_STANDARD", "CH3", "JUMP"})
    void aMachineReplacedUnderItsNameMovesNoKey(Distribution distribution) {
        List<ServerAddress> before = servers(4);
        List<ServerAddress> after = new ArrayList<>(before);
        after.set(2, new ServerAddress("10.9.9.9", 11_300));
        Placement first = Placement.of(named(distribution, before.get(2)), before);
        Placement second = Placement.of(named(distribution, after.get(2)), after);

        for (int i = 0; i < 1_000; i++) {
            assertThat(owner(second, "k" + i)).isEqualTo(owner(first, "k" + i));
        }
    }

    private static PlacementRule named(Distribution distribution, ServerAddress server) {
        return new PlacementRule(
                distribution, Optional.empty(), KeyPart.ALL, Map.of(server, new ServerLabel("cache-c", 1)));
    }

    @ParameterizedTest
    @EnumSource(HashFunction.class)
    void aHashLooksAtTheKeyAndNothingAroundIt(HashFunction hash) {
        Placement placement = Placement.of(
                new PlacementRule(Distribution.MODULA, Optional.of(hash), KeyPart.ALL, Map.of()), servers(97));
        var random = new Random(5);
        for (int length = 1; length <= 250; length++) {
            byte[] key = new byte[length];
            random.nextBytes(key);
            byte[] around = new byte[length + 20];
            random.nextBytes(around);
            int offset = random.nextInt(20);
            System.arraycopy(key, 0, around, offset, length);

            assertThat(placement.serverOf(around, offset, length)).isEqualTo(placement.serverOf(key, 0, length));
        }
    }

    /** mcrouter's own test of Ch3. */
    @Test
    void ch3IsThatOfMcrouter() {
        Placement placement = Placement.of(new PlacementRule(Distribution.CH3), servers(100));

        assertThat(owner(placement, "sample")).isEqualTo(97);
        assertThat(owner(placement, "")).isEqualTo(72);
    }

    @ParameterizedTest
    @CsvSource({
        "'{}', '', user:{42}:name, 42",
        "'{}', '', user:{}:name, user:{}:name",
        "'{}', '', user:{42, user:{42",
        "'{}', '', 'user:}{42}', 42",
        "'{}', '', 'a{b}c{d}', b",
        "'$$', '', 'a$b$c', b",
        "'|#|', '', 'pool|#|rest', pool",
        "'|#|', '', '|#|rest', '|#|rest'",
        "'|#|', '', plain, plain",
        "'', app., app.key, key",
        "'', app., app., app.",
        "'', app., other.key, other.key",
        "'{}', app., 'app.{7}x', 7"
    })
    void aPartOfAKeyIsPlacedAsThatPartAlone(String tag, String prefix, String key, String part) {
        List<ServerAddress> many = servers(97);
        Placement parts = Placement.of(
                new PlacementRule(Distribution.MODULA, Optional.empty(), new KeyPart(tag, prefix), Map.of()), many);
        Placement whole = Placement.of(new PlacementRule(Distribution.MODULA), many);

        assertThat(owner(parts, key)).isEqualTo(owner(whole, part));
    }
}
