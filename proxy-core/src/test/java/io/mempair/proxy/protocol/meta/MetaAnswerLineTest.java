package io.mempair.proxy.protocol.meta;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.function.UnaryOperator;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MetaAnswerLineTest {

    @ParameterizedTest
    @CsvSource({
        "HD c9, false, HD c10",
        "VA 5 f0 c9 t-1, false, VA 5 f0 c10 t-1",
        "VA 5 c9 ka c5, false, VA 5 c10 ka c5",
        "VA 5 ka c5 c9 W, true, VA 5 ka c5 c10 W",
        "HD, false, HD",
        "HD cx, false, HD cx",
        "HD Oc9, false, HD Oc9",
        "HD kc9 c18446744073709551614, true, HD kc9 c18446744073709551615",
    })
    void onlyTheIdIsReplaced(String line, boolean behindKey, String expected) {
        assertThat(changed(line, bytes -> MetaAnswerLine.withId(bytes, line.length() + 2, behindKey, id -> id + 1)))
                .isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource({
        "ME k exp=-1 la=0 cas=9 fetch=no, ME k exp=-1 la=0 cas=10 fetch=no",
        "ME cas=1 exp=-1 la=0 cas=9 fetch=no, ME cas=1 exp=-1 la=0 cas=10 fetch=no",
        "ME k exp=-1, ME k exp=-1",
    })
    void theIdOfADebugLineToo(String line, String expected) {
        assertThat(changed(line, bytes -> MetaAnswerLine.withIdOfDebug(bytes, line.length() + 2, id -> id + 1)))
                .isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource({
        "VA 5 t-1 f0, f, VA 5 t-1",
        "HD f0 s5, fs, HD",
        "HD ka f0 s5 W, fs, HD ka W",
        "VA 5 f0 X Z, f, VA 5 X Z",
        "HD W, fs, HD W",
        "HD kf0 s5, s, HD kf0",
        "HD f0 s5, '', HD f0 s5",
    })
    void whatTheClientDidNotAskForIsTakenOut(String line, String flags, String expected) {
        assertThat(changed(line, bytes -> MetaAnswerLine.without(flags, bytes, line.length() + 2)))
                .isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource({
        "VA 0 f1836084325, EN",
        "VA 0 O7 f1836084325 kYQ== b, EN O7 kYQ== b",
        "HD ka s0 O7 f1836084325 Z, EN ka O7",
    })
    void aMissKeepsKeyAndOpaque(String line, String expected) {
        assertThat(changed(line, bytes -> MetaAnswerLine.missInsteadOf(bytes, line.length() + 2)))
                .isEqualTo(expected);
    }

    private static String changed(String line, UnaryOperator<byte[]> change) {
        byte[] bytes = (line + "\r\nold c1 bytes").getBytes(StandardCharsets.US_ASCII);
        String whole = new String(change.apply(bytes), StandardCharsets.US_ASCII);
        assertThat(whole).endsWith("\r\n");
        return whole.substring(0, whole.length() - 2);
    }
}
