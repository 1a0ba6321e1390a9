package io.mempair.proxy.protocol.meta;

/** The key of a meta request, as it came or decoded. Belongs to its {@link MetaRequest}. */
final class MetaKey {

    private final byte[] decodedBytes = new byte[MetaRequest.MAX_KEY_BYTES];
    private int decodedLength;

    /**
     * Takes {@code line[from, to)}.
     *
     * @param encoded  whether the line says that the key is. One that cannot be decoded is placed as it is written: any
     *     server will refuse it
     */
    void read(byte[] line, int from, int to, boolean encoded) {
        decodedLength = encoded ? KeyDecoder.decode(line, from, to, decodedBytes) : 0;
    }

    /** Whether the bytes are here; else they are those of the line. */
    boolean decoded() {
        return decodedLength > 0;
    }

    /** The decoded key, from offset 0 on. */
    byte[] bytes() {
        return decodedBytes;
    }

    int length() {
        return decodedLength;
    }

    /** Whether a key that came encoded would end a line, were it written as it is. */
    boolean hasLineFeed() {
        for (int i = 0; i < decodedLength; i++) {
            if (decodedBytes[i] == '\n') {
                return true;
            }
        }
        return false;
    }

    void copyTo(MetaKey other) {
        System.arraycopy(decodedBytes, 0, other.decodedBytes, 0, decodedLength);
        other.decodedLength = decodedLength;
    }
}
