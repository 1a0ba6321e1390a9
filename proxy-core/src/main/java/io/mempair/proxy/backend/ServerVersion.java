package io.mempair.proxy.backend;

import java.util.Comparator;

/**
 * The version of a server, as far as it is numbers: what it says of what the server understands.
 *
 * @param major  0 if the server named no number at all
 * @param minor  0 if there was none
 * @param patch  0 if there was none
 */
public record ServerVersion(int major, int minor, int patch) implements Comparable<ServerVersion> {

    /** The meta commands with return code HD and the length as second token; memcached's release notes. */
    private static final ServerVersion META = new ServerVersion(1, 6, 10);

    /** The meta flag E, by which the client chooses an item's cas id; memcached's proto_text.c of that version. */
    private static final ServerVersion CHOSEN_IDS = new ServerVersion(1, 6, 27);

    /** A flush that spares what was stored in the same second, as it looks at no cas ids any more; memcached's items.c. */
    private static final ServerVersion FLUSH_BY_SECONDS = new ServerVersion(1, 6, 25);

    private static final Comparator<ServerVersion> ORDER = Comparator.comparingInt(ServerVersion::major)
            .thenComparingInt(ServerVersion::minor)
            .thenComparingInt(ServerVersion::patch);

    /** Reads the numbers at the beginning of what a server answered to {@code version}; never fails. */
    public static ServerVersion parse(String text) {
        int[] numbers = new int[3];
        int index = 0;
        for (int i = 0; i < text.length() && index < numbers.length; i++) {
            char c = text.charAt(i);
            if (c >= '0' && c <= '9') {
                numbers[index] = Math.min(numbers[index] * 10 + (c - '0'), 1_000_000);
            } else if (c == '.') {
                index++;
            } else {
                break;
            }
        }
        return new ServerVersion(numbers[0], numbers[1], numbers[2]);
    }

    /** Whether the meta commands are understood in their present form. */
    public boolean speaksMeta() {
        return compareTo(META) >= 0;
    }

    /** Whether a write can say which cas id the item gets. */
    public boolean takesIds() {
        return compareTo(CHOSEN_IDS) >= 0;
    }

    /** Whether {@code flush_all} spares what was stored in the same second. */
    public boolean sparesThisSecond() {
        return compareTo(FLUSH_BY_SECONDS) >= 0;
    }

    @Override
    public int compareTo(ServerVersion other) {
        return ORDER.compare(this, other);
    }
}
