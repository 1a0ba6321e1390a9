package io.mempair.ha.certificate;

import java.io.ByteArrayOutputStream;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;

/** The few values of ASN.1 a certificate is made of, in DER (ITU-T X.690). Stateless; any thread. */
final class Der {

    private static final Instant GENERALIZED_FROM = Instant.parse("2050-01-01T00:00:00Z"); // RFC 5280, 4.1.2.5
    private static final DateTimeFormatter UTC_TIME =
            DateTimeFormatter.ofPattern("yyMMddHHmmss'Z'").withZone(ZoneOffset.UTC);
    private static final DateTimeFormatter GENERALIZED_TIME =
            DateTimeFormatter.ofPattern("yyyyMMddHHmmss'Z'").withZone(ZoneOffset.UTC);

    private Der() {}

    static byte[] sequence(byte[]... parts) {
        return value(0x30, joined(parts));
    }

    static byte[] set(byte[]... parts) {
        return value(0x31, joined(parts));
    }

    static byte[] integer(BigInteger number) {
        return value(0x02, number.toByteArray());
    }

    static byte[] bool(boolean yes) {
        return value(0x01, new byte[] {(byte) (yes ? 0xFF : 0)});
    }

    static byte[] utf8(String text) {
        return value(0x0C, text.getBytes(StandardCharsets.UTF_8));
    }

    static byte[] octets(byte[] bytes) {
        return value(0x04, bytes);
    }

    /** @param unusedBits  of the last byte, 0 to 7 */
    static byte[] bits(int unusedBits, byte... bytes) {
        return value(0x03, joined(new byte[] {(byte) unusedBits}, bytes));
    }

    /** As RFC 5280 wants it: two digits for the year before 2050, four from then on. */
    static byte[] time(Instant instant) {
        return instant.isBefore(GENERALIZED_FROM)
                ? value(0x17, UTC_TIME.format(instant).getBytes(StandardCharsets.US_ASCII))
                : value(0x18, GENERALIZED_TIME.format(instant).getBytes(StandardCharsets.US_ASCII));
    }

    /** @param dotted  as in {@code 2.5.29.19} */
    static byte[] oid(String dotted) {
        String[] arcs = dotted.split("\\.", -1);
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.write(Integer.parseInt(arcs[0]) * 40 + Integer.parseInt(arcs[1]));
        for (int i = 2; i < arcs.length; i++) {
            long arc = Long.parseLong(arcs[i]);
            for (int shift = 63 - 63 % 7; shift > 0; shift -= 7) {
                if (arc >>> shift != 0) {
                    out.write((int) (((arc >>> shift) & 0x7F) | 0x80));
                }
            }
            out.write((int) (arc & 0x7F));
        }
        return value(0x06, out.toByteArray());
    }

    /** {@code [tag] EXPLICIT} around a whole value. */
    static byte[] explicit(int tag, byte[] whole) {
        return value(0xA0 | tag, whole);
    }

    /** {@code [tag] IMPLICIT} of a primitive value's content. */
    static byte[] implicit(int tag, byte[] content) {
        return value(0x80 | tag, content);
    }

    private static byte[] value(int tag, byte[] content) {
        ByteArrayOutputStream out = new ByteArrayOutputStream(content.length + 6);
        out.write(tag);
        if (content.length < 0x80) {
            out.write(content.length);
        } else {
            byte[] length = BigInteger.valueOf(content.length).toByteArray();
            int from = length[0] == 0 ? 1 : 0; // the sign is not part of a length
            out.write(0x80 | (length.length - from));
            out.write(length, from, length.length - from);
        }
        out.writeBytes(content);
        return out.toByteArray();
    }

    private static byte[] joined(byte[]... parts) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            out.writeBytes(part);
        }
        return out.toByteArray();
    }
}
