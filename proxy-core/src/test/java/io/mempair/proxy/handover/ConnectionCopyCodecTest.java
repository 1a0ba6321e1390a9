package io.mempair.proxy.handover;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** What travels of a connection: the same bytes make the same copy, and nothing else makes one. */
class ConnectionCopyCodecTest {

    private static byte[] bytes(Random random, int length) {
        byte[] bytes = new byte[length];
        random.nextBytes(bytes);
        return bytes;
    }

    private static InetSocketAddress end(Random random) {
        try {
            InetAddress address = InetAddress.getByAddress(bytes(random, random.nextBoolean() ? 4 : 16));
            return new InetSocketAddress(address, random.nextInt(65_536));
        } catch (UnknownHostException e) {
            throw new AssertionError(e);
        }
    }

    private static ConnectionCopy copy(Random random) {
        byte[] output = bytes(random, random.nextInt(3) * random.nextInt(300));
        TcpNumbers numbers = new TcpNumbers(
                random.nextInt(256),
                random.nextInt(256),
                1 + random.nextInt(65_535),
                random.nextInt(),
                random.nextInt(),
                random.nextInt(),
                bytes(random, TcpNumbers.WINDOW_BYTES));
        PendingInput said = new PendingInput(
                random.nextBoolean(),
                random.nextBoolean(),
                random.nextBoolean(),
                random.nextLong() & Long.MAX_VALUE,
                bytes(random, random.nextInt(3) * random.nextInt(300)));
        return new ConnectionCopy(end(random), end(random), numbers, said, output, random.nextInt(output.length + 1));
    }

    private static List<ConnectionCopy> copies(long seed) {
        Random random = new Random(seed);
        List<ConnectionCopy> copies = new ArrayList<>();
        for (int i = random.nextInt(5); i >= 0; i--) {
            copies.add(copy(random));
        }
        return copies;
    }

    @Test
    void copiesComeBackAsTheyWere() {
        for (long seed = 1; seed <= 500; seed++) {
            List<ConnectionCopy> copies = copies(seed);

            List<ConnectionCopy> back = ConnectionCopyCodec.decode(ConnectionCopyCodec.encode(copies));

            assertThat(back).as("seed %d", seed).usingRecursiveComparison().isEqualTo(copies);
        }
    }

    @Test
    void copiesThatAreCutAtAnyByteOrLongerAreRefused() {
        byte[] whole = ConnectionCopyCodec.encode(copies(7));
        for (int length = 0; length < whole.length; length++) {
            byte[] cut = Arrays.copyOf(whole, length);
            assertThatThrownBy(() -> ConnectionCopyCodec.decode(cut))
                    .as("%d of %d bytes", length, whole.length)
                    .isInstanceOf(IllegalArgumentException.class);
        }
        assertThatThrownBy(() -> ConnectionCopyCodec.decode(Arrays.copyOf(whole, whole.length + 1)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("1 bytes behind");
    }

    /** A damaged copy is another copy or none: it never hangs, and asks for no memory that its bytes do not fill. */
    @Test
    void damagedCopiesEndInACopyOrAClearRefusal() {
        for (long seed = 1; seed <= 2_000; seed++) {
            Random random = new Random(seed);
            byte[] bytes = ConnectionCopyCodec.encode(copies(seed));
            for (int i = random.nextInt(4); i >= 0; i--) {
                bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
            }
            try {
                ConnectionCopyCodec.decode(bytes);
            } catch (IllegalArgumentException refused) {
                assertThat(refused).as("seed %d", seed).hasMessageMatching("(?s).*cop(y|ies).*|.*window.*|.*sent.*");
            }
        }
    }

    @Test
    void anotherVersionIsNamed() {
        byte[] bytes = ConnectionCopyCodec.encode(List.of());
        bytes[0] = 2;

        assertThatThrownBy(() -> ConnectionCopyCodec.decode(bytes)).hasMessageContaining("version 2 (expected: 1)");
    }
}
