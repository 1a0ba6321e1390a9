package io.mempair.proxy.warmup;

import java.nio.charset.StandardCharsets;

/** Requests that a client sends at once, and how it recognises that all are answered. */
final class Batch {

    private final byte[] bytes;
    private final byte[] ending;
    private final int requests;

    /**
     * @param bytes     what is sent; kept
     * @param ending    the last bytes of the answers, which occur nowhere before; kept
     * @param requests  how many they are
     */
    Batch(byte[] bytes, byte[] ending, int requests) {
        this.bytes = bytes;
        this.ending = ending;
        this.requests = requests;
    }

    /** One request of the text protocol; {@code ending} is the last line of its answer. */
    static Batch single(String request, String ending) {
        return new Batch(ascii(request), ascii(ending + "\r\n"), 1);
    }

    /** Requests of the text protocol, followed by the one whose answer is like no other. */
    static Batch pipelined(String... requests) {
        return new Batch(ascii(String.join("", requests) + "mn\r\n"), ascii("MN\r\n"), requests.length + 1);
    }

    static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    /** Not to be changed. */
    byte[] bytes() {
        return bytes;
    }

    /** Not to be changed. */
    byte[] ending() {
        return ending;
    }

    int requests() {
        return requests;
    }
}
