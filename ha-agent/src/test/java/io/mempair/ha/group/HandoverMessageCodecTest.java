package io.mempair.ha.group;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mempair.ha.handover.HandoverMessage;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Messages of a hand-over as bytes. */
class HandoverMessageCodecTest {

    private static final List<HandoverMessage> MESSAGES = List.of(
            new HandoverMessage.Prepare(1, "a", "b", 1L << 40),
            new HandoverMessage.Prepared(),
            new HandoverMessage.HandoverRefused("it lacks the right \u00e4"),
            new HandoverMessage.CopiesEnd(10_000),
            new HandoverMessage.Restored(9_999),
            new HandoverMessage.Commit(),
            new HandoverMessage.Abort());

    private static byte[] bytes(HandoverMessage message) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        HandoverMessageCodec.write(message, out);
        return out.toByteArray();
    }

    @Test
    void messagesComeBackAsTheyWereOneAfterAnother() throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (HandoverMessage message : MESSAGES) {
            HandoverMessageCodec.write(message, out);
        }
        HandoverMessageCodec.write(new HandoverMessage.CopiedConnections(new byte[] {1, 2, 3}), out);
        ByteArrayInputStream in = new ByteArrayInputStream(out.toByteArray());

        for (HandoverMessage message : MESSAGES) {
            assertThat(HandoverMessageCodec.read(in)).isEqualTo(message);
        }
        HandoverMessage last = HandoverMessageCodec.read(in);
        assertThat(((HandoverMessage.CopiedConnections) last).bytes()).containsExactly(1, 2, 3);
        assertThatThrownBy(() -> HandoverMessageCodec.read(in)).isInstanceOf(EOFException.class);
    }

    @Test
    void aMessageThatIsCutAtAnyByteIsTheEndOfTheStream() throws IOException {
        for (HandoverMessage message : MESSAGES) {
            byte[] whole = bytes(message);
            for (int length = 0; length < whole.length; length++) {
                ByteArrayInputStream cut = new ByteArrayInputStream(Arrays.copyOf(whole, length));
                assertThatThrownBy(() -> HandoverMessageCodec.read(cut))
                        .as("%s, %d bytes", message, length)
                        .isInstanceOf(EOFException.class);
            }
        }
    }

    @Test
    void aLengthBeyondTheBoundIsRefusedBeforeAnythingIsRead() {
        byte[] huge = {4, 0x7F, -1, -1, -1};
        assertThatThrownBy(() -> HandoverMessageCodec.read(new ByteArrayInputStream(huge)))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("at most 16777216");
        byte[] negative = {4, -1, -1, -1, -1};
        assertThatThrownBy(() -> HandoverMessageCodec.read(new ByteArrayInputStream(negative)))
                .hasMessageContaining("-1 bytes");
    }

    @Test
    void damagedMessagesAreMessagesOrErrors() throws IOException {
        for (long seed = 1; seed <= 2_000; seed++) {
            Random random = new Random(seed);
            byte[] bytes = bytes(MESSAGES.get(random.nextInt(MESSAGES.size())));
            bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
            try {
                assertThat(HandoverMessageCodec.read(new ByteArrayInputStream(bytes)))
                        .isNotNull();
            } catch (IOException refused) {
                assertThat(refused.getMessage() == null || !refused.getMessage().isEmpty())
                        .as("seed %d", seed)
                        .isTrue();
            }
        }
    }
}
