package io.mempair.proxy.route;

import io.mempair.proxy.hash.Murmur3Hash;
import io.mempair.proxy.protocol.ProtocolLimits;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/**
 * pymemcache's {@code HashClient}: a key belongs to the server for which murmur3 of {@code name-key} is greatest, and of equals to
 * the one whose name sorts last. Its cost grows with the number of servers. Not for several threads: it keeps scratch space.
 */
final class RendezvousPlacement implements Placement {

    private final Murmur3Hash murmur = Murmur3Hash.unseeded();

    /** {@code name-} with room for a key behind it, in the order of names from the last, so that of equals the first found wins. */
    private final byte[][] texts;

    private final int[] nameLengths;
    private final int[] servers;

    RendezvousPlacement(List<String> names) {
        servers = IntStream.range(0, names.size())
                .boxed()
                .sorted(Comparator.comparing((Integer server) -> names.get(server))
                        .reversed())
                .mapToInt(Integer::intValue)
                .toArray();
        texts = new byte[servers.length][];
        nameLengths = new int[servers.length];
        for (int i = 0; i < servers.length; i++) {
            byte[] name = (names.get(servers[i]) + '-').getBytes(StandardCharsets.UTF_8);
            nameLengths[i] = name.length;
            texts[i] = Arrays.copyOf(name, name.length + ProtocolLimits.MAX_KEY_BYTES);
        }
    }

    @Override
    public int serverOf(byte[] bytes, int keyOffset, int keyLength) {
        long best = -1;
        int winner = 0;
        for (int i = 0; i < servers.length; i++) {
            byte[] text = texts[i];
            System.arraycopy(bytes, keyOffset, text, nameLengths[i], keyLength);
            long score = Integer.toUnsignedLong(murmur.pointOf(text, 0, nameLengths[i] + keyLength));
            if (score > best) {
                best = score;
                winner = servers[i];
            }
        }
        return winner;
    }
}
