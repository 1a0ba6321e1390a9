package io.mempair.proxy.backend;

import io.mempair.proxy.protocol.ProtocolLimits;
import io.mempair.proxy.replication.Key;
import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * Splits the output of {@code lru_crawler metadump} into lines: {@code key=<key> exp=...}, special bytes of the key as
 * {@code %XX}, a single line feed after each line; END and errors are lines as well. Stateless. Source: memcached
 * doc/protocol.txt, "LRU Crawler".
 */
final class DumpDecoder {

    /** Bytes; a fully escaped key with six numbers is well below. */
    static final int MAX_LINE_BYTES = 2_048;

    private static final int NO_BYTE = Integer.MIN_VALUE;

    private static final byte[] KEY = "key=".getBytes(StandardCharsets.US_ASCII);

    /** One line: a key, or another line if {@code key} is null. */
    record DumpLine(@Nullable Key key, String text) {}

    private DumpDecoder() {}

    /** Reads the next line from {@code in}; null if it is incomplete. */
    static @Nullable DumpLine next(ByteBuf in) {
        int start = in.readerIndex();
        int lineFeed = in.indexOf(start, Math.min(in.writerIndex(), start + MAX_LINE_BYTES), (byte) '\n');
        if (lineFeed < 0) {
            return null;
        }
        byte[] line = new byte[lineFeed - start];
        in.readBytes(line);
        in.skipBytes(1);
        Key key = keyOf(line);
        return new DumpLine(key, key != null ? "" : new String(line, StandardCharsets.ISO_8859_1).trim());
    }

    private static @Nullable Key keyOf(byte[] line) {
        for (int i = 0; i < KEY.length; i++) {
            if (i >= line.length || line[i] != KEY[i]) {
                return null;
            }
        }
        byte[] decoded = new byte[ProtocolLimits.MAX_KEY_BYTES];
        int length = 0;
        int i = KEY.length;
        while (i < line.length && line[i] != ' ') {
            int value = line[i] == '%' ? escaped(line, i) : line[i];
            if (length == decoded.length || value == NO_BYTE) {
                return null;
            }
            decoded[length++] = (byte) value;
            i += line[i] == '%' ? 3 : 1;
        }
        return length == 0 || i == line.length ? null : Key.of(decoded, 0, length);
    }

    private static int escaped(byte[] line, int percent) {
        if (percent + 2 >= line.length) {
            return NO_BYTE;
        }
        int high = Character.digit(line[percent + 1], 16);
        int low = Character.digit(line[percent + 2], 16);
        return high < 0 || low < 0 ? NO_BYTE : high << 4 | low;
    }
}
