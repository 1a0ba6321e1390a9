package io.mempair.proxy.frontend.request;

import io.netty.buffer.ByteBuf;
import java.util.Arrays;

/** Some keys of a retrieval, in the order asked, duplicates included. Owns a copy of their bytes. */
final class KeyList {

    private final byte[] bytes;
    private final int[] starts;
    private final int[] lengths;
    private int size;

    /**
     * @param line      the request line
     * @param from      where the first of these keys begins
     * @param to        where the last ends
     * @param capacity  at most so many keys will be added
     */
    KeyList(byte[] line, int from, int to, int capacity) {
        this.bytes = Arrays.copyOfRange(line, from, to);
        this.starts = new int[capacity];
        this.lengths = new int[capacity];
    }

    /** Adds the key that begins at {@code start} of the copied range. */
    void add(int start, int length) {
        starts[size] = start;
        lengths[size++] = length;
    }

    int size() {
        return size;
    }

    byte[] bytes() {
        return bytes;
    }

    int start(int key) {
        return starts[key];
    }

    int length(int key) {
        return lengths[key];
    }

    /** Appends a space and the key. */
    void appendTo(ByteBuf out, int key) {
        out.writeByte(' ');
        out.writeBytes(bytes, starts[key], lengths[key]);
    }

    boolean is(int key, byte[] other, int offset, int length) {
        return length == lengths[key]
                && Arrays.equals(bytes, starts[key], starts[key] + length, other, offset, offset + length);
    }
}
