package io.mempair.ha.bundle;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** Writes plain files as a tar archive (POSIX.1-1988, ustar). Closes nothing. */
public final class TarWriter {

    private static final int BLOCK_BYTES = 512;
    private static final int MAX_NAME_BYTES = 100;
    private static final int CHECKSUM_AT = 148;
    private static final int CHECKSUM_BYTES = 8;

    private final OutputStream out;
    private final long modifiedSeconds;

    /** @param modifiedSeconds  time of every file, since 1970 */
    public TarWriter(OutputStream out, long modifiedSeconds) {
        this.out = out;
        this.modifiedSeconds = modifiedSeconds;
    }

    /** Adds one file, readable by its owner only. */
    public void add(String name, byte[] content) throws IOException {
        out.write(header(name, content.length));
        out.write(content);
        out.write(new byte[(BLOCK_BYTES - content.length % BLOCK_BYTES) % BLOCK_BYTES]);
    }

    /** Two empty blocks. */
    public void end() throws IOException {
        out.write(new byte[2 * BLOCK_BYTES]);
        out.flush();
    }

    private byte[] header(String name, int size) {
        byte[] header = new byte[BLOCK_BYTES];
        byte[] letters = name.getBytes(StandardCharsets.US_ASCII);
        if (letters.length > MAX_NAME_BYTES) {
            throw new IllegalArgumentException(
                    "name: " + letters.length + " bytes (expected: at most " + MAX_NAME_BYTES + ')');
        }
        System.arraycopy(letters, 0, header, 0, letters.length);
        octal(header, 100, 8, 0600);
        octal(header, 108, 8, 0);
        octal(header, 116, 8, 0);
        octal(header, 124, 12, size);
        octal(header, 136, 12, modifiedSeconds);
        Arrays.fill(header, CHECKSUM_AT, CHECKSUM_AT + CHECKSUM_BYTES, (byte) ' ');
        header[156] = '0';
        byte[] magic = "ustar\00000".getBytes(StandardCharsets.US_ASCII);
        System.arraycopy(magic, 0, header, 257, magic.length);
        int sum = 0;
        for (byte value : header) {
            sum += value & 0xFF;
        }
        octal(header, CHECKSUM_AT, CHECKSUM_BYTES - 1, sum);
        return header;
    }

    /** Digits with a NUL behind them. */
    private static void octal(byte[] header, int at, int width, long value) {
        String digits = Long.toOctalString(value);
        Arrays.fill(header, at, at + width - 1, (byte) '0');
        header[at + width - 1] = 0;
        byte[] letters = digits.getBytes(StandardCharsets.US_ASCII);
        System.arraycopy(letters, 0, header, at + width - 1 - letters.length, letters.length);
    }
}
