package io.mempair.proxy.config;

/**
 * Which part of a key is hashed, where it is not all of it; a part that would be empty is the whole key.
 *
 * @param tag         two characters: what is between the first of the one and the next of the other is hashed, as twemproxy's
 *                    {@code hash_tag} has it; three and more: what is before their first occurrence, as mcrouter's {@code |#|};
 *                    empty for neither
 * @param skipPrefix  what keys may begin with that is not hashed, such as the prefix key of php-memcached; empty for none
 */
public record KeyPart(String tag, String skipPrefix) {

    /** All of the key. */
    public static final KeyPart ALL = new KeyPart("", "");

    public KeyPart {
        if (tag.length() == 1 || !isPrintable(tag)) {
            throw new IllegalArgumentException(
                    "hash-tag: '" + tag
                            + "' (expected: two characters as in {}, between which is what is hashed, or a stop of three and more as |#|)");
        }
        if (!isPrintable(skipPrefix)) {
            throw new IllegalArgumentException(
                    "hash-skip-prefix: '" + skipPrefix + "' (expected: characters that a key may have)");
        }
    }

    private static boolean isPrintable(String text) {
        return text.chars().allMatch(c -> c > ' ' && c < 127);
    }
}
