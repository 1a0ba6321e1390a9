package io.mempair.proxy.command;

import io.mempair.proxy.protocol.text.TextRequest;
import java.util.Arrays;

/** Some keys of a retrieval, in request order, duplicates included. Owns a copy of their bytes. */
final class KeyList {

    private final byte[] bytes;
    private final int[] starts;
    private final int[] lengths;
    private final int size;

    private KeyList(byte[] bytes, int[] starts, int[] lengths, int size) {
        this.bytes = bytes;
        this.starts = starts;
        this.lengths = lengths;
        this.size = size;
    }

    /**
     * The keys in a request line from offset {@code from} on.
     *
     * @param maxKeys   at most this many keys
     * @param maxBytes  at most this many bytes, spaces included, but at least one key
     */
    static KeyList of(TextRequest request, int from, int maxKeys, int maxBytes) {
        int[] starts = new int[maxKeys];
        int[] lengths = new int[maxKeys];
        int size = 0;
        int to = from;
        for (int start = from; start >= 0 && size < maxKeys; start = request.nextKey(to)) {
            int end = request.tokenEnd(start);
            if (size > 0 && end - from > maxBytes) {
                break;
            }
            starts[size] = start - from;
            lengths[size++] = end - start;
            to = end;
        }
        return new KeyList(Arrays.copyOfRange(request.bytes(), from, to), starts, lengths, size);
    }

    /** Estimated heap of a request for these keys, with {@code eachBytes} of overhead per key. */
    int heapBytes(int eachBytes) {
        return 2 * bytes.length + size * eachBytes;
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

    /** Copies a space and the key to {@code line} at {@code offset}; returns the end offset. */
    int copyTo(byte[] line, int offset, int key) {
        line[offset] = ' ';
        System.arraycopy(bytes, starts[key], line, offset + 1, lengths[key]);
        return offset + 1 + lengths[key];
    }

    boolean is(int key, byte[] other, int offset, int length) {
        return length == lengths[key]
                && Arrays.equals(bytes, starts[key], starts[key] + length, other, offset, offset + length);
    }
}
