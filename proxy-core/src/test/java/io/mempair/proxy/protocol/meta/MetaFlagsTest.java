package io.mempair.proxy.protocol.meta;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MetaFlagsTest {

    @ParameterizedTest
    @CsvSource({
        "'HD c17\r\n', c, 17",
        "'HD f0 c17', c, 17",
        "'VA 3 f5 c18446744073709551615 t-1', f, 5",
        "'HD c9223372036854775807', c, 9223372036854775807",
        "'HD c9223372036854775808', c, -1",
        "'HD t-1', t, -1",
        "'HD c', c, -1",
        "'HD c1x', c, -1",
        "'HD', H, -1",
        "'HD kc1 c2', c, 2",
    })
    void theNumberAfterAFlagIsRead(String line, char name, long number) {
        byte[] bytes = line.getBytes(StandardCharsets.US_ASCII);

        assertThat(MetaFlags.number(bytes, bytes.length, name)).isEqualTo(number);
    }

    @ParameterizedTest
    @CsvSource({"'HD W c1', W, 3", "'HD c1 W', W, 6", "'HD c1 W', X, -1", "'W HD', W, -1"})
    void theFirstTokenThatBeginsWithTheLetterCounts(String line, char name, int offset) {
        byte[] bytes = line.getBytes(StandardCharsets.US_ASCII);

        assertThat(MetaFlags.offset(bytes, bytes.length, name)).isEqualTo(offset);
    }
}
