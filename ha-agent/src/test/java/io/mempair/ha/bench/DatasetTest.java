package io.mempair.ha.bench;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(20)
class DatasetTest {

    @Test
    void noTwoKeysHaveTheSameValue() {
        var dataset = new Dataset(10_000, 8);
        Set<String> values = new HashSet<>();
        for (int number = 0; number < 10_000; number++) {
            ByteBuf value = Unpooled.buffer();
            dataset.writeValue(value, number);
            values.add(ByteBufUtil.hexDump(value));
        }

        assertThat(values).hasSize(10_000);
    }

    @Test
    void someValueHoldsWhatLooksLikeTheEndOfAReply() {
        var dataset = new Dataset(2_000, 100);
        ByteBuf value = Unpooled.buffer();
        dataset.writeValue(value, 1_000);

        assertThat(value.toString(StandardCharsets.ISO_8859_1)).contains("\r\nEND\r\n");
    }

    @Test
    void aKeyIsKnownByItsText() {
        var dataset = new Dataset(Dataset.MAX_KEYS, 100);
        for (int number : new int[] {0, 1, 9_999_999, 1_234_567}) {
            ByteBuf key = Unpooled.buffer();
            dataset.writeKey(key, number);
            byte[] text = ByteBufUtil.getBytes(key);

            assertThat(dataset.numberOf(text, 0, text.length)).isEqualTo(number);
        }
        assertThat(new String(keyOf(dataset, 42), StandardCharsets.US_ASCII)).isEqualTo("mempair-bench:100:00000042");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "mempair-bench:100:00000500",
                "mempair-bench:100:0000042",
                "mempair-bench:100:000000421",
                "mempair-bench:200:00000042",
                "mempair-bench:100:0000x042",
                "mempair-bench:100:-0000042",
                ""
            })
    void anotherKeyIsNone(String key) {
        var dataset = new Dataset(500, 100);
        byte[] text = key.getBytes(StandardCharsets.US_ASCII);

        assertThat(dataset.numberOf(text, 0, text.length)).isEqualTo(-1);
    }

    private static byte[] keyOf(Dataset dataset, int number) {
        ByteBuf key = Unpooled.buffer();
        dataset.writeKey(key, number);
        return ByteBufUtil.getBytes(key);
    }
}
