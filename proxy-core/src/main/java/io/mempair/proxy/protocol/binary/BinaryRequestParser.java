package io.mempair.proxy.protocol.binary;

import io.mempair.proxy.protocol.ProtocolLimits;
import io.netty.buffer.ByteBuf;

/**
 * Reads request packets, without their values, into a {@link BinaryRequest}. Every length is taken as unsigned and
 * checked against the others before it is used; no length causes an allocation. What is refused, and how, is memcached
 * 1.6.18's as observed. Stateless except for the request it fills; one per connection.
 */
public final class BinaryRequestParser {

    /** The first byte of every request; on a new connection it chooses the protocol. */
    public static final int MAGIC = 0x80;

    private static final int HEADER_BYTES = 24;

    /** What to do with a packet. */
    public enum ParseResult {
        /** Header, extras and key are incomplete; the buffer is unchanged. */
        INCOMPLETE,
        /** To be carried out. */
        GOOD,
        /** Unknown opcode: answer so, discard its value and go on. */
        UNKNOWN,
        /** Extras, key or value do not fit the opcode: answer {@link Status#INVALID_ARGUMENTS} and close. */
        MALFORMED,
        /** Shorter than its own parts: answer {@link Status#UNKNOWN_COMMAND} and close. */
        CONTRADICTORY,
        /** Not a request of this protocol: close. */
        FOREIGN
    }

    private final BinaryRequest request = new BinaryRequest();

    /** What {@link #read} fills, the same object each time. */
    public BinaryRequest request() {
        return request;
    }

    /**
     * Takes one packet up to its value off {@code in}. Key and extras are waited for even if the lengths are bad, as
     * memcached does: at most 65,814 bytes.
     */
    public ParseResult read(ByteBuf in) {
        if (in.readableBytes() < HEADER_BYTES) {
            return ParseResult.INCOMPLETE;
        }
        int start = in.readerIndex();
        if (in.getUnsignedByte(start) != MAGIC) {
            return ParseResult.FOREIGN;
        }
        int keyBytes = in.getUnsignedShort(start + 2);
        int extrasBytes = in.getUnsignedByte(start + 4);
        int prefixBytes = HEADER_BYTES + extrasBytes + keyBytes;
        if (in.readableBytes() < prefixBytes) {
            return ParseResult.INCOMPLETE;
        }
        BinaryRequest r = request;
        r.code = in.getByte(start + 1);
        r.opcode = Opcode.of(in.getUnsignedByte(start + 1));
        r.opaque = in.getInt(start + 12);
        r.cas = in.getLong(start + 16);
        r.valueBytes = in.getUnsignedInt(start + 8) - extrasBytes - keyBytes;
        in.skipBytes(prefixBytes);
        if (r.valueBytes < 0) {
            return ParseResult.CONTRADICTORY;
        }
        if (keyBytes > ProtocolLimits.MAX_KEY_BYTES) {
            return ParseResult.MALFORMED;
        }
        if (r.opcode == Opcode.UNKNOWN) {
            return ParseResult.UNKNOWN;
        }
        if (!lengthsFit(r.opcode.kind(), extrasBytes, keyBytes, r.valueBytes)) {
            return ParseResult.MALFORMED;
        }
        r.keyLength = keyBytes;
        in.getBytes(start + HEADER_BYTES + extrasBytes, r.key(), 0, keyBytes);
        readExtras(in, start + HEADER_BYTES, extrasBytes);
        return ParseResult.GOOD;
    }

    /**
     * Whether extras, key and value are what the opcode has. A value where none belongs is no error for three kinds:
     * memcached reads it as the next packet, and so do we.
     */
    private static boolean lengthsFit(Opcode.OpcodeKind kind, int extrasBytes, int keyBytes, long valueBytes) {
        return switch (kind) {
            case GET, DELETE -> extrasBytes == 0 && keyBytes > 0 && valueBytes == 0;
            case STORE -> extrasBytes == 8 && keyBytes > 0;
            case CONCATENATE, SASL -> extrasBytes == 0 && keyBytes > 0;
            case ARITHMETIC -> extrasBytes == 20 && keyBytes > 0 && valueBytes == 0;
            case TOUCH -> extrasBytes == 4 && keyBytes > 0;
            case FLUSH -> (extrasBytes == 0 || extrasBytes == 4) && keyBytes == 0 && valueBytes == 0;
            case BARE -> extrasBytes == 0 && keyBytes == 0 && valueBytes == 0;
            case STAT -> extrasBytes == 0;
            case UNKNOWN -> true;
        };
    }

    private void readExtras(ByteBuf in, int index, int extrasBytes) {
        BinaryRequest r = request;
        r.flags = 0;
        r.exptime = 0;
        switch (r.opcode.kind()) {
            case STORE -> {
                r.flags = in.getInt(index);
                r.exptime = in.getInt(index + 4);
            }
            case ARITHMETIC -> {
                r.delta = in.getLong(index);
                r.initial = in.getLong(index + 8);
                r.exptime = in.getInt(index + 16);
            }
            case TOUCH -> r.exptime = in.getInt(index);
            case FLUSH -> r.exptime = extrasBytes == 0 ? 0 : in.getInt(index);
            default -> {
                // no extras
            }
        }
    }
}
