package io.mempair.ha.group;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mempair.ha.election.Message;
import io.mempair.ha.election.Role;
import io.mempair.ha.election.StateVersion;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(value = 20, unit = TimeUnit.SECONDS)
class MessageCodecTest {

    private static final Message.Terms PAIR = new Message.Terms(false, false, 700_000_000);
    private static final Message.Terms WITNESSED = new Message.Terms(true, true, 1);
    private static final List<Message> MESSAGES = List.of(
            new Message.Heartbeat(
                    "a".repeat(63),
                    Long.MIN_VALUE,
                    1,
                    Role.STANDBY,
                    true,
                    3,
                    0,
                    false,
                    5,
                    new Message.Terms(false, true, 700_000_000, -1),
                    new StateVersion(Long.MAX_VALUE, 1),
                    Collections.nCopies(8, new Message.Echo(Long.MAX_VALUE, -7))),
            new Message.Heartbeat("a", 1, 1, Role.FAULT, false, 0, 0, false, 0, PAIR),
            new Message.Heartbeat(
                    "b".repeat(63), -1, 254, Role.ACTIVE, true, Long.MAX_VALUE, 7, true, Long.MIN_VALUE, WITNESSED),
            new Message.Heartbeat(
                    "n-1.x_y",
                    1L << 40,
                    100,
                    Role.STANDBY,
                    true,
                    9,
                    10,
                    false,
                    -1,
                    new Message.Terms(true, false, 60_000_000_000L)),
            new Message.Support("a", 1, Long.MIN_VALUE, true, 1, 0),
            new Message.Support("a", 1, 2, false, 1, 0, new StateVersion(3, Long.MAX_VALUE)),
            new Message.Support("b", Long.MAX_VALUE, -1, false, Long.MAX_VALUE, Long.MAX_VALUE),
            new Message.Resign("a", 3, 0, true, 5),
            new Message.Resign("b", Long.MIN_VALUE, 12, false, -5));

    private static Optional<Message> decode(byte[] bytes) {
        return MessageCodec.decode(bytes, 0, bytes.length);
    }

    @Test
    void everyMessageComesBackAsItWas() {
        for (Message message : MESSAGES) {
            assertThat(decode(MessageCodec.encode(message))).contains(message);
        }
    }

    @Test
    void aMessageInTheMiddleOfAnArrayIsFound() {
        byte[] bytes = MessageCodec.encode(MESSAGES.get(2));
        byte[] larger = new byte[bytes.length + 7];
        System.arraycopy(bytes, 0, larger, 3, bytes.length);

        assertThat(MessageCodec.decode(larger, 3, bytes.length)).contains(MESSAGES.get(2));
    }

    @Test
    void aMessageCutAnywhereOrWithAByteTooManyIsNone() {
        for (Message message : MESSAGES) {
            byte[] bytes = MessageCodec.encode(message);
            for (int length = 0; length < bytes.length; length++) {
                assertThat(decode(Arrays.copyOf(bytes, length)))
                        .as("%d of %s", length, message)
                        .isEmpty();
            }
            assertThat(decode(Arrays.copyOf(bytes, bytes.length + 1))).isEmpty();
        }
    }

    @Test
    void anotherVersionOrKindIsNone() {
        byte[] bytes = MessageCodec.encode(MESSAGES.get(0));
        byte[] version = bytes.clone();
        version[0] = MessageFrame.VERSION + 1;
        byte[] kind = bytes.clone();
        kind[1] = 99;

        assertThat(decode(version)).isEmpty();
        assertThat(decode(kind)).isEmpty();
    }

    /** The flags of the heartbeat of "a" are at 3 + 1 + 8 + 1 + 1, and what came with later versions is its last 25 bytes. */
    @Test
    void aHeartbeatOfAnOlderVersionTellsNeitherPlacementNorEchoesNorState() {
        byte[] bytes = MessageCodec.encode(new Message.Heartbeat(
                "a", 1, 1, Role.STANDBY, true, 3, 0, false, 5, new Message.Terms(false, false, 1, 99)));
        byte[] older = Arrays.copyOf(bytes, bytes.length - 25);
        older[14] &= ~(16 | 32);

        assertThat(decode(older))
                .contains(new Message.Heartbeat(
                        "a", 1, 1, Role.STANDBY, true, 3, 0, false, 5, new Message.Terms(false, false, 1)));
    }

    @Test
    void anAnswerOfAnOlderVersionTellsNoState() {
        byte[] bytes = MessageCodec.encode(new Message.Support("a", 1, 2, true, 3, 0, new StateVersion(3, 7)));
        byte[] older = Arrays.copyOf(bytes, bytes.length - 16);
        older[3 + 1 + 8 + 8] &= ~2;

        assertThat(decode(older)).contains(new Message.Support("a", 1, 2, true, 3, 0));
    }

    @Test
    void moreEchoesThanThereCanBeAreNone() {
        byte[] bytes = MessageCodec.encode(MESSAGES.get(1));
        byte[] lie = Arrays.copyOf(bytes, bytes.length + 9 * 16);
        lie[bytes.length - 1 - 16] = 9;

        assertThat(decode(lie)).isEmpty();
    }

    @Test
    void aNameLengthThatLiesIsNotBelieved() {
        for (int lie : new int[] {0, 2, 64, 127, 128, 255}) {
            byte[] bytes = MessageCodec.encode(MESSAGES.get(1));
            bytes[2] = (byte) lie;
            assertThat(decode(bytes)).as("name length %d", lie).isEmpty();
        }
    }

    @Test
    void randomBytesNeitherThrowNorAreBelievedTooOften() {
        Random random = new Random(7);
        for (int i = 0; i < 200_000; i++) {
            byte[] bytes = new byte[random.nextInt(300)];
            random.nextBytes(bytes);
            if (bytes.length > 2 && random.nextBoolean()) {
                bytes[0] = MessageFrame.VERSION;
                bytes[1] = (byte) (1 + random.nextInt(3));
                bytes[2] = (byte) random.nextInt(8);
            }
            decode(bytes).ifPresent(message -> assertThat(message.from()).isNotBlank());
        }
    }

    @Test
    void aNameThatDoesNotFitIsRefusedWhenSending() {
        assertThatThrownBy(() -> MessageCodec.encode(new Message.Resign("c".repeat(64), 1, 1, true, 1)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("64 bytes");
    }
}
