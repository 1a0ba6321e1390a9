package io.mempair.proxy.rebalance;

import java.util.Optional;

/**
 * What stands on a server while it gets keys: that its copies of those keys may be out of date. Layouts are the texts of
 * {@link io.mempair.proxy.config.LayoutText}.
 *
 * @param number  of the rebalance
 * @param former  the layout that leads
 * @param next    the layout that is being filled
 */
public record MoveMarker(long number, String former, String next) {

    private static final String NAME = "mempair-rebalance ";
    private static final String FIRST = NAME + "1 ";
    private static final String NEXT = "next\n";

    /** The value of the item. */
    public String text() {
        return FIRST + Long.toUnsignedString(number) + '\n' + former + NEXT + next;
    }

    /** Whether it is a marker, of this version or another. */
    public static boolean isOne(String text) {
        return text.startsWith(NAME);
    }

    /** Reads what {@link #text} makes; a line end behind it is ignored. Empty if it is something else. */
    public static Optional<MoveMarker> read(String text) {
        String lines = text.replace("\r", "");
        int end = lines.indexOf('\n');
        int next = lines.indexOf('\n' + NEXT);
        if (!lines.startsWith(FIRST) || next < end) {
            return Optional.empty();
        }
        try {
            long number = Long.parseUnsignedLong(lines.substring(FIRST.length(), end));
            String rest = lines.substring(next + 1 + NEXT.length());
            String layout = rest.strip();
            return Optional.of(
                    new MoveMarker(number, lines.substring(end + 1, next + 1), layout.isEmpty() ? "" : layout + '\n'));
        } catch (NumberFormatException e) {
            return Optional.empty();
        }
    }
}
