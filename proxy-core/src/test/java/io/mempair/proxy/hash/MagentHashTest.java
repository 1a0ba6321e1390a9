package io.mempair.proxy.hash;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MagentHashTest {

    /** Expected points were computed by a program of its own from the description of magent's loop. */
    @ParameterizedTest
    @CsvSource({"'',5381", "a,177670", "key1,2090432895", "user:1234,1030367304", "\u00ff\u0080,5859748"})
    void aKeyHasThePointMagentGivesIt(String key, int point) {
        byte[] bytes = ("xx" + key).getBytes(StandardCharsets.ISO_8859_1);

        assertThat(new MagentHash().pointOf(bytes, 2, bytes.length - 2)).isEqualTo(point);
    }

    @Test
    void keysOfAnyLengthHaveThePointOfTheLoopThatTakesOneByteAtATime() {
        Random random = new Random(5);
        for (int length = 0; length <= 250; length++) {
            byte[] bytes = new byte[length + 3];
            random.nextBytes(bytes);
            int expected = 5_381;
            for (int i = 2; i < length + 2; i++) {
                expected = expected * 33 + bytes[i];
            }

            assertThat(new MagentHash().pointOf(bytes, 2, length)).isEqualTo(expected & 0x7FFF_FFFF);
        }
    }
}
