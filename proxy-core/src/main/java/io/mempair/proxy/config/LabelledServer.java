package io.mempair.proxy.config;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A server as an operator writes it: {@code host}, {@code host:port[:weight]}, or {@code host:port[:weight] name}, which is
 * twemproxy's form. A name requires a port, so that a list without commas is not mistaken for one server with a name.
 *
 * @param address  where it is
 * @param label    its name and weight for the ring
 */
public record LabelledServer(ServerAddress address, ServerLabel label) {

    /** An IPv6 address without brackets has two colons in a row or more than two, so this is never one. */
    private static final Pattern WITH_WEIGHT = Pattern.compile("(?:\\[[^]]*]|[^:\\[\\]]+):[0-9]+:[0-9]+");

    private static final Pattern WITH_PORT = Pattern.compile(".+[^:]:[0-9]+");

    private static final Pattern BLANKS = Pattern.compile("\\s+");

    /**
     * Reads one.
     *
     * @param text         what the operator wrote
     * @param defaultPort  the port when none is written
     * @throws IllegalArgumentException naming the text and what was expected
     */
    public static LabelledServer parse(String text, int defaultPort) {
        String stripped = text.strip();
        Matcher blanks = BLANKS.matcher(stripped);
        int blank = blanks.find() ? blanks.start() : -1;
        String name = blank < 0 ? "" : stripped.substring(blank).strip();
        String place = blank < 0 ? stripped : stripped.substring(0, blank);
        int weight = 1;
        if (blank >= 0 && !WITH_PORT.matcher(place).matches()) {
            throw new IllegalArgumentException(
                    "'" + text + "' (expected: host:port and a name, or a list with commas: ["
                            + stripped.replaceAll("[\\s,]+", ", ") + "])");
        }
        if (WITH_WEIGHT.matcher(place).matches()) {
            int colon = place.lastIndexOf(':');
            weight = weight(text, place.substring(colon + 1));
            place = place.substring(0, colon);
        }
        try {
            return new LabelledServer(ServerAddress.parse(place, defaultPort), new ServerLabel(name, weight));
        } catch (IllegalArgumentException e) {
            throw place.equals(stripped) ? e : new IllegalArgumentException("'" + text + "': " + e.getMessage(), e);
        }
    }

    private static int weight(String text, String digits) {
        try {
            return Integer.parseInt(digits);
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException("'" + text + "' (expected: a weight of 1..100 after the port)", e);
        }
    }

    /** What {@link #parse} reads back. */
    @Override
    public String toString() {
        String weight = label.weight() == 1 ? "" : ":" + label.weight();
        String name = label.name().isEmpty() ? "" : " " + label.name();
        return address + weight + name;
    }
}
