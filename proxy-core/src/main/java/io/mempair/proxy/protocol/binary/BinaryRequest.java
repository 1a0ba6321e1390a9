package io.mempair.proxy.protocol.binary;

import io.mempair.proxy.protocol.ProtocolLimits;
import io.netty.buffer.ByteBuf;
import java.util.Arrays;

/**
 * One request packet without its value: a reusable view that {@link BinaryRequestParser} fills. The key is in an array
 * of its own, so nothing here refers to the client's buffer. One event loop only; the values are valid until the
 * next packet is read, unless {@link #copy} was made.
 */
public final class BinaryRequest {

    /** The lifetime of an arithmetic request that must not create its key. */
    private static final int DO_NOT_CREATE = 0xFFFF_FFFF;

    /** Flags and lifetime. */
    private static final int STORE_EXTRAS_BYTES = 8;

    private final byte[] key;
    int keyLength;
    Opcode opcode = Opcode.NOOP;
    byte code;
    int opaque;
    long cas;
    int flags;
    int exptime;
    long delta;
    long initial;
    long valueBytes;

    BinaryRequest() {
        this(new byte[ProtocolLimits.MAX_KEY_BYTES]);
    }

    private BinaryRequest(byte[] key) {
        this.key = key;
    }

    /** What is asked for; which other values have a meaning depends on it. */
    public Opcode opcode() {
        return opcode;
    }

    /** The bytes of the key begin at 0; {@link #keyLength} of them count. Not to be changed by others. */
    public byte[] key() {
        return key;
    }

    /** Length of the key, 0..250. */
    public int keyLength() {
        return keyLength;
    }

    /** Bytes of the packet that follow the key, 0..2<sup>32</sup>-1: the value, where there is one. */
    public long valueBytes() {
        return valueBytes;
    }

    /** The id the item must have, or 0 when any will do. */
    public long cas() {
        return cas;
    }

    /** Seconds or unix time, unsigned, as it came; 0 also when the packet has none. */
    public long exptime() {
        return Integer.toUnsignedLong(exptime);
    }

    /** Whether an arithmetic request creates a key it does not find. */
    public boolean creates() {
        return exptime != DO_NOT_CREATE;
    }

    /** Appends the packet of a request with a value, up to the value: another parser makes the same request of it. */
    public void appendReceived(ByteBuf out) {
        int extrasBytes = opcode.kind() == Opcode.OpcodeKind.STORE ? STORE_EXTRAS_BYTES : 0;
        out.writeByte(BinaryRequestParser.MAGIC).writeByte(code).writeShort(keyLength);
        out.writeByte(extrasBytes).writeZero(3).writeInt((int) (extrasBytes + keyLength + valueBytes));
        out.writeInt(opaque).writeLong(cas);
        if (extrasBytes > 0) {
            out.writeInt(flags).writeInt(exptime);
        }
        out.writeBytes(key, 0, keyLength);
    }

    /** A request of its own with the same values. */
    public BinaryRequest copy() {
        BinaryRequest copy = new BinaryRequest(Arrays.copyOf(key, keyLength));
        copy.keyLength = keyLength;
        copy.opcode = opcode;
        copy.code = code;
        copy.opaque = opaque;
        copy.cas = cas;
        copy.flags = flags;
        copy.exptime = exptime;
        copy.delta = delta;
        copy.initial = initial;
        copy.valueBytes = valueBytes;
        return copy;
    }

    /** A copy that has no value: for a line that says only which key is meant. */
    public BinaryRequest withoutValue() {
        BinaryRequest copy = copy();
        copy.valueBytes = 0;
        return copy;
    }
}
