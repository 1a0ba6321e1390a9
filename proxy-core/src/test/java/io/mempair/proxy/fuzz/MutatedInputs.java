package io.mempair.proxy.fuzz;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.SplittableRandom;

/** Makes inputs that are nearly right from inputs that are kept and from the words of the protocols. One thread. */
final class MutatedInputs {

    private static final List<String> WORDS = List.of(
            "get ",
            "gets ",
            "gat 0 ",
            "set k 0 0 5\r\n",
            "cas k 0 0 1 7\r\n",
            "add k 1 2 0 noreply\r\n",
            "delete k\r\n",
            "incr k 1\r\n",
            "touch k 5\r\n",
            "mg k v t f\r\n",
            "ms k 3 T0\r\n",
            "md k q\r\n",
            "ma k N0\r\n",
            "mn\r\n",
            "me k\r\n",
            "flush_all 3\r\n",
            "version\r\n",
            "verbosity 1\r\n",
            "stats\r\n",
            "quit\r\n",
            "hello\r\n",
            "\r\n",
            "\n",
            " ",
            "noreply",
            "4294967297",
            "18446744073709551616",
            "-1",
            "2147483645",
            "VALUE k 0 3\r\n",
            "VALUE k 0 3 9\r\n",
            "VA 3 f0\r\n",
            "END\r\n",
            "HD\r\n",
            "EN\r\n",
            "STORED\r\n",
            "NOT_FOUND\r\n",
            "ERROR\r\n",
            "SERVER_ERROR x\r\n",
            "CLIENT_ERROR bad command line format\r\n",
            "STAT a 1\r\n",
            "RESET\r\n",
            "1234\r\n",
            "abc\r\n",
            "OK\r\n",
            "\200\000\000\001\000\000\000\000\000\000\000\001\000\000\000\007\000\000\000\000\000\000\000\000k",
            "\200\001\000\001\010\000\000\000\000\000\000\014\000\000\000\011\000\000\000\000\000\000\000\000\000\000\000\000\000\000\000\000kabc",
            "\200\012\000\000\000\000\000\000\000\000\000\000\000\000\000\001\000\000\000\000\000\000\000\000");

    private final SplittableRandom random;
    private final List<byte[]> kept;

    MutatedInputs(long seed, List<byte[]> kept) {
        this.random = new SplittableRandom(seed);
        this.kept = kept;
    }

    byte[] next() {
        ByteArrayOutputStream made = new ByteArrayOutputStream();
        byte[] base = kept.get(random.nextInt(kept.size()));
        int changes = 1 + random.nextInt(4);
        int from = 0;
        for (int i = 0; i < changes && from < base.length; i++) {
            int to = from + random.nextInt(base.length - from + 1);
            made.write(base, from, to - from);
            from = to + change(made, base, to);
        }
        if (from < base.length) {
            made.write(base, from, base.length - from);
        }
        return made.toByteArray();
    }

    /** Writes something in place of nothing or of what stood at {@code at}; returns how many bytes of it are left out. */
    private int change(ByteArrayOutputStream made, byte[] base, int at) {
        switch (random.nextInt(5)) {
            case 0 -> made.write(random.nextInt(256));
            case 1 -> {
                return Math.min(base.length - at, 1 + random.nextInt(8));
            }
            case 2 -> {
                if (at < base.length) {
                    made.write(base[at] ^ (1 << random.nextInt(8)));
                    return 1;
                }
            }
            case 3 -> {
                byte[] other = kept.get(random.nextInt(kept.size()));
                int start = random.nextInt(other.length + 1);
                made.write(other, start, random.nextInt(other.length - start + 1));
            }
            default -> made.writeBytes(WORDS.get(random.nextInt(WORDS.size())).getBytes(StandardCharsets.ISO_8859_1));
        }
        return 0;
    }
}
