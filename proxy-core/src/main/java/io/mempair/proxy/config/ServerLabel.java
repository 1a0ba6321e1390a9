package io.mempair.proxy.config;

/**
 * What a ring knows of a server beside its address.
 *
 * @param name    the text it hashes; empty for the one the distribution makes of the address. A machine that is replaced under its
 *                old name moves no keys
 * @param weight  its share of keys beside the others', 1..100
 */
public record ServerLabel(String name, int weight) {

    /** Of a server without a name or weight. */
    public static final ServerLabel NONE = new ServerLabel("", 1);

    private static final int MAX_WEIGHT = 100;
    private static final int MAX_NAME_CHARS = 255;

    public ServerLabel {
        if (weight < 1 || weight > MAX_WEIGHT) {
            throw new IllegalArgumentException("weight: " + weight + " (expected: 1.." + MAX_WEIGHT + ')');
        }
        if (name.length() > MAX_NAME_CHARS || name.chars().anyMatch(c -> c <= ' ')) {
            throw new IllegalArgumentException(
                    "name: '" + name + "' (expected: up to " + MAX_NAME_CHARS + " characters without blanks)");
        }
    }
}
