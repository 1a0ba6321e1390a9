package io.mempair.ha.bench;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;

/**
 * Keys and values by number. A value is a window of one block of bytes that begins at the key's number, so that
 * writing and verifying it is one copy and one comparison, and no two keys have the same value (from eight bytes on).
 * Neither depends on the seed: concurrent runs with different seeds agree on every value. Immutable.
 */
final class Dataset {

    /** More than enough to leave every cache, and it keeps the block small. */
    static final int MAX_KEYS = 10_000_000;

    private static final int DIGITS = 8;

    /** In a value now and then: whoever looks for the end of a reply by its text finds a false one. */
    private static final byte[] FALSE_END = "\r\nEND\r\n".getBytes(StandardCharsets.US_ASCII);

    private static final int FALSE_END_EVERY_BYTES = 1_009;

    private final int keys;
    private final int valueBytes;
    private final byte[] prefix;
    private final ByteBuf block;

    Dataset(int keys, int valueBytes) {
        this.keys = keys;
        this.valueBytes = valueBytes;
        this.prefix = ("mempair-bench:" + valueBytes + ':').getBytes(StandardCharsets.US_ASCII);
        this.block = Unpooled.wrappedBuffer(block(keys + valueBytes)).asReadOnly();
    }

    private static byte[] block(int length) {
        byte[] bytes = new byte[length];
        var random = new SplitMix(4_711);
        for (int i = 0; i < length; i++) {
            bytes[i] = (byte) (random.next() >>> 56);
        }
        for (int i = FALSE_END_EVERY_BYTES; i + FALSE_END.length <= length; i += FALSE_END_EVERY_BYTES) {
            System.arraycopy(FALSE_END, 0, bytes, i, FALSE_END.length);
        }
        return bytes;
    }

    int keys() {
        return keys;
    }

    int valueBytes() {
        return valueBytes;
    }

    /** The flags a key is stored with: some that differ from key to key. */
    static int flags(int number) {
        return number & 0xff;
    }

    void writeKey(ByteBuf out, int number) {
        out.writeBytes(prefix);
        for (int power = MAX_KEYS; power > 0; power /= 10) {
            out.writeByte('0' + number / power % 10);
        }
    }

    void writeValue(ByteBuf out, int number) {
        out.writeBytes(block, number, valueBytes);
    }

    /** Whether the next {@code length} bytes of {@code in} are those of the key's value from {@code offset} on. */
    boolean isValueAt(int number, int offset, ByteBuf in, int length) {
        return ByteBufUtil.equals(in, in.readerIndex(), block, number + offset, length);
    }

    /** The number of the key in {@code bytes} from {@code from} to {@code to}; -1 if it is none of these keys. */
    int numberOf(byte[] bytes, int from, int to) {
        if (to - from != prefix.length + DIGITS) {
            return -1;
        }
        for (int i = 0; i < prefix.length; i++) {
            if (bytes[from + i] != prefix[i]) {
                return -1;
            }
        }
        int number = 0;
        for (int i = from + prefix.length; i < to; i++) {
            int digit = bytes[i] - '0';
            if (digit < 0 || digit > 9) {
                return -1;
            }
            number = number * 10 + digit;
        }
        return number < keys ? number : -1;
    }
}
