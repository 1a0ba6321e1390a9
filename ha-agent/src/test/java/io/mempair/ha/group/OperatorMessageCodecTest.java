package io.mempair.ha.group;

import static org.assertj.core.api.Assertions.assertThat;

import io.mempair.ha.group.OperatorMessage.Summary;
import io.mempair.ha.handover.HandoverAbility;
import java.util.Arrays;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(10)
class OperatorMessageCodecTest {

    private static final MemberSummary SUMMARY = new MemberSummary(
                    "0.1.0", 86_400, true, false, true, 31, 4, 3, 1, 120_000, 0x89abcdef_01234567L, "10.0.0.1:9411")
            .with(HandoverAbility.POSSIBLE);

    /** Behind the head of a message of "a". */
    private static final int FLAGS = 4;

    private static Optional<OperatorMessage> decode(byte[] bytes) {
        return OperatorMessageCodec.decode(bytes, 0, bytes.length);
    }

    @Test
    void whatIsEncodedIsDecodedAgain() {
        OperatorMessage message = new Summary("a", SUMMARY, 42);

        assertThat(decode(OperatorMessageCodec.encode(message))).contains(message);
        OperatorMessage request = new OperatorMessage.HandOverRequest("b");
        assertThat(decode(OperatorMessageCodec.encode(request))).contains(request);
    }

    @Test
    void whatALaterVersionWritesBehindItIsIgnored() {
        byte[] bytes = OperatorMessageCodec.encode(new Summary("a", SUMMARY, 42));

        assertThat(decode(Arrays.copyOf(bytes, bytes.length + 100))).contains(new Summary("a", SUMMARY, 42));
    }

    @Test
    void noPartOfAMessageIsAMessage() {
        byte[] bytes = OperatorMessageCodec.encode(new Summary("a", SUMMARY, 42));

        for (int length = 0; length < bytes.length; length++) {
            assertThat(decode(Arrays.copyOf(bytes, length)))
                    .as("of %s bytes", length)
                    .isEmpty();
        }
        assertThat(decode(Arrays.copyOf(bytes, 50_000))).as("longer than any").isEmpty();
    }

    /** Of versions before hand-overs, whose flags have none of these bits. */
    @ParameterizedTest
    @EnumSource(HandoverAbility.class)
    void whatAMemberSaysAboutHandoversIsInItsFlags(HandoverAbility ability) {
        byte[] bytes = OperatorMessageCodec.encode(new Summary("a", SUMMARY.with(ability), 42));

        assertThat(decode(bytes)).contains(new Summary("a", SUMMARY.with(ability), 42));
        bytes[FLAGS] &= 7;
        assertThat(decode(bytes)).contains(new Summary("a", SUMMARY.with(HandoverAbility.UNSAID), 42));
    }

    @ParameterizedTest
    @ValueSource(ints = {13, 17, 21, 25, 29})
    void aNegativeNumberIsNoSummary(int place) {
        byte[] bytes = OperatorMessageCodec.encode(new Summary("a", SUMMARY, 42));
        bytes[place] = -1;

        assertThat(decode(bytes)).isEmpty();
    }

    @Test
    void whatThePeerSaysCannotWriteToATerminalAndIsBounded() {
        MemberSummary evil = MemberSummary.plain("\u001b[2J\n" + "x".repeat(100), 0, "é");

        assertThat(evil.version()).startsWith("?[2J?x").hasSize(MemberSummary.MAX_TEXT);
        assertThat(evil.http()).isEqualTo("?");
    }

    @Test
    void theOtherCodecsLeaveItAlone() {
        byte[] bytes = OperatorMessageCodec.encode(new Summary("a", SUMMARY, 42));

        assertThat(MessageCodec.decode(bytes, 0, bytes.length)).isEmpty();
        assertThat(ServerStateCodec.decode(bytes, 0, bytes.length)).isEmpty();
    }
}
