package io.mempair.proxy.backend;

import io.mempair.proxy.protocol.ProtocolLimits;
import io.mempair.proxy.replication.Key;
import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * Cuts the lines of {@code lru_crawler metadump} out of what a server sent: {@code key=<key> exp=...}, the key's special bytes
 * as {@code %XX}, each line with a line feed alone; END, or an error, as any other line. Stateless. Source: memcached
 * doc/protocol.txt, "LRU Crawler".
 */
final class DumpDecoder {

    /** Bytes; a key of nothing but escapes and six numbers stay well below. */
    static final int MAX_LINE_BYTES = 2_048;

    private static final int NO_BYTE = Integer.MIN_VALUE;

    private static final byte[] KEY = "key=".getBytes(StandardCharsets.US_ASCII);

    /** One line: a key, or, if {@code key} is null, something else. */
    record Line(@Nullable Key key, String text) {}

    private DumpDecoder() {}

    /** Takes the next line from {@code in}; null if its end is not there yet. */
    static @Nullable Line next(ByteBuf in) {
        int start = in.readerIndex();
        int lineFeed = in.indexOf(start, Math.min(in.writerIndex(), start + MAX_LINE_BYTES), (byte) '\n');
        if (lineFeed < 0) {
            return null;
        }
        byte[] line = new byte[lineFeed - start];
        in.readBytes(line);
        in.skipBytes(1);
        Key key = keyOf(line);
        return new Line(key, key != null ? "" : new String(line, StandardCharsets.ISO_8859_1).trim());
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
