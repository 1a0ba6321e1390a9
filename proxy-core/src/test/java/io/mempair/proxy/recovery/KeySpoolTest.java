package io.mempair.proxy.recovery;

import static org.assertj.core.api.Assertions.assertThat;

import io.mempair.proxy.replication.Key;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class KeySpoolTest {

    private static List<Key> keys(int count, int longest) {
        SplittableRandom random = new SplittableRandom(count);
        List<Key> keys = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            String key = i + "x".repeat(random.nextInt(longest - 8));
            keys.add(Key.of(key.getBytes(StandardCharsets.US_ASCII), 0, key.length()));
        }
        return keys;
    }

    private static List<Key> takeAll(KeySpool spool) {
        List<Key> taken = new ArrayList<>();
        for (Key key = spool.next(); key != null; key = spool.next()) {
            taken.add(key);
        }
        return taken;
    }

    /** As many walks as it takes, each naming all keys, and writes between them. */
    @ParameterizedTest
    @CsvSource({"10, 250, 100000", "20000, 40, 100000", "20000, 250, 100000", "20000, 250, 10000000", "3000, 250, 1"})
    void everyKeyIsTakenOnceHoweverManyWalksItTakes(int count, int longest, int maxBytes) {
        List<Key> keys = keys(count, longest);
        KeySpool spool = new KeySpool(maxBytes);
        Set<Key> taken = new HashSet<>();
        int group = 0;
        long most = 0;
        int twice = 0;
        while (group < KeySpool.GROUPS) {
            spool.begin(group);
            for (Key key : keys) {
                if (!spool.add(key)) {
                    assertThat(maxBytes).as("not even a group has room").isLessThan(10_000);
                    return;
                }
                most = Math.max(most, spool.bytes());
            }
            assertThat(most).isLessThanOrEqualTo(Math.max(maxBytes, 512));
            assertThat(spool.end()).as("it goes on").isGreaterThan(group);
            group = spool.end();
            for (Key key : takeAll(spool)) {
                twice += taken.add(key) ? 0 : 1;
            }
            assertThat(spool.bytes()).isZero();
        }
        assertThat(twice).isZero();
        assertThat(taken).isEqualTo(new HashSet<>(keys));
    }

    @Test
    void aKeyOfTheLongestLengthIsTakenAsItCame() {
        byte[] longest = new byte[250];
        longest[0] = (byte) 0xFF;
        KeySpool spool = new KeySpool(100_000);
        spool.begin(0);

        spool.add(Key.of(longest, 0, 250));
        spool.add(Key.of(longest, 0, 1));

        assertThat(takeAll(spool)).containsExactlyInAnyOrder(Key.of(longest, 0, 250), Key.of(longest, 0, 1));
    }

    @Test
    void aNewWalkForgetsWhatIsLeftOfTheOneBefore() {
        KeySpool spool = new KeySpool(100_000);
        spool.begin(0);
        keys(100, 40).forEach(spool::add);
        spool.next();

        spool.begin(0);

        assertThat(spool.next()).isNull();
        assertThat(spool.bytes()).isZero();
    }
}
