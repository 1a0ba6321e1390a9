package io.mempair.deploy.handover;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/** Requests of the three protocols, with the answers that memcached gives when the keys are as the client left them. */
enum LoadDialect {
    TEXT,
    META,
    BINARY;

    private static final byte[] NONE = {};
    private static final int HEADER_BYTES = 24;
    private static final int CAS_AT = 16;
    private static final int GET = 0x00;
    private static final int SET = 0x01;
    private static final int INCREMENT = 0x05;

    /** As the exptime of an increment: create nothing that is not there. */
    private static final int NEVER_CREATE = -1;

    /** Stores a value. */
    KnownRequest store(String key, byte[] value) {
        return switch (this) {
            case TEXT ->
                plain(join(ascii("set " + key + " 0 0 " + value.length + "\r\n"), value, ascii("\r\n")), "STORED\r\n");
            case META -> plain(join(ascii("ms " + key + ' ' + value.length + "\r\n"), value, ascii("\r\n")), "HD\r\n");
            case BINARY -> binary(SET, new byte[8], key, value, NONE, NONE);
        };
    }

    /** Reads a key that has this value. */
    KnownRequest read(String key, byte[] value) {
        return switch (this) {
            case TEXT ->
                known(
                        ascii("get " + key + "\r\n"),
                        join(ascii("VALUE " + key + " 0 " + value.length + "\r\n"), value, ascii("\r\nEND\r\n")),
                        -1,
                        false);
            case META ->
                known(
                        ascii("mg " + key + " v\r\n"),
                        join(ascii("VA " + value.length + "\r\n"), value, ascii("\r\n")),
                        -1,
                        false);
            case BINARY -> binary(GET, NONE, key, NONE, new byte[4], value);
        };
    }

    /** Adds one to a counter, which has this value then. */
    KnownRequest count(String key, long next) {
        String text = String.valueOf(next);
        return switch (this) {
            case TEXT -> known(ascii("incr " + key + " 1\r\n"), ascii(text + "\r\n"), -1, true);
            case META ->
                known(ascii("ma " + key + " v\r\n"), ascii("VA " + text.length() + "\r\n" + text + "\r\n"), -1, true);
            case BINARY -> {
                byte[] extras = ByteBuffer.allocate(20)
                        .putLong(1)
                        .putLong(0)
                        .putInt(NEVER_CREATE)
                        .array();
                byte[] value = ByteBuffer.allocate(8).putLong(next).array();
                yield binary(INCREMENT, extras, key, NONE, NONE, value);
            }
        };
    }

    private static KnownRequest plain(byte[] request, String answer) {
        return known(request, ascii(answer), -1, false);
    }

    private static KnownRequest known(byte[] request, byte[] answer, int casAt, boolean counts) {
        return new KnownRequest(request, answer, casAt, counts);
    }

    private static KnownRequest binary(
            int opcode, byte[] extras, String key, byte[] value, byte[] answerExtras, byte[] answerValue) {
        byte[] name = ascii(key);
        byte[] request = join(
                header(0x80, opcode, name.length, extras.length, extras.length + name.length + value.length),
                extras,
                name,
                value);
        byte[] answer = join(
                header(0x81, opcode, 0, answerExtras.length, answerExtras.length + answerValue.length),
                answerExtras,
                answerValue);
        return known(request, answer, CAS_AT, opcode == INCREMENT);
    }

    private static byte[] header(int magic, int opcode, int keyBytes, int extrasBytes, int bodyBytes) {
        return ByteBuffer.allocate(HEADER_BYTES)
                .put((byte) magic)
                .put((byte) opcode)
                .putShort((short) keyBytes)
                .put((byte) extrasBytes)
                .put((byte) 0)
                .putShort((short) 0)
                .putInt(bodyBytes)
                .array();
    }

    private static byte[] join(byte[]... parts) {
        int length = 0;
        for (byte[] part : parts) {
            length += part.length;
        }
        ByteBuffer all = ByteBuffer.allocate(length);
        for (byte[] part : parts) {
            all.put(part);
        }
        return all.array();
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }
}
