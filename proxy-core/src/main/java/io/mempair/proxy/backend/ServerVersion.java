package io.mempair.proxy.backend;

import java.util.Comparator;

/**
 * The numbers of a server's version, and the features that follow from them.
 *
 * @param major  0 if the version has no number
 * @param minor  0 if there was none
 * @param patch  0 if there was none
 */
public record ServerVersion(int major, int minor, int patch) implements Comparable<ServerVersion> {

    /**
     * First version of the meta commands with return code HD and the length as second token; memcached's release notes.
     */
    private static final ServerVersion META = new ServerVersion(1, 6, 10);

    /** First version of the meta flag E, which sets an item's cas id; memcached's proto_text.c. */
    private static final ServerVersion CHOSEN_IDS = new ServerVersion(1, 6, 27);

    /**
     * First version whose flush spares items stored in the same second, because it no longer compares cas ids;
     * memcached's items.c.
     */
    private static final ServerVersion FLUSH_BY_SECONDS = new ServerVersion(1, 6, 25);

    private static final Comparator<ServerVersion> ORDER = Comparator.comparingInt(ServerVersion::major)
            .thenComparingInt(ServerVersion::minor)
            .thenComparingInt(ServerVersion::patch);

    /** Parses the leading numbers of a reply to {@code version}; never fails. */
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

    /** Whether the meta commands are supported in their current form. */
    public boolean speaksMeta() {
        return compareTo(META) >= 0;
    }

    /** Whether a write can set the cas id. */
    public boolean takesIds() {
        return compareTo(CHOSEN_IDS) >= 0;
    }

    /** Whether {@code flush_all} spares items stored in the same second. */
    public boolean sparesThisSecond() {
        return compareTo(FLUSH_BY_SECONDS) >= 0;
    }

    @Override
    public int compareTo(ServerVersion other) {
        return ORDER.compare(this, other);
    }
}
