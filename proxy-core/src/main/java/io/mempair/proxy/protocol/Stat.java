package io.mempair.proxy.protocol;

/**
 * One number or word of an answer to {@code stats}: a STAT line of the text protocol, a STAT packet of the binary one.
 *
 * @param name   without spaces, not empty
 * @param value  as the server wrote it; may be empty, may hold spaces
 */
public record Stat(String name, String value) {

    /** A number. */
    public static Stat of(String name, long value) {
        return new Stat(name, Long.toString(value));
    }
}
