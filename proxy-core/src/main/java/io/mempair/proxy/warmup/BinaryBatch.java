package io.mempair.proxy.warmup;

import java.nio.ByteBuffer;

/** Requests of the binary protocol; protocol_binary.txt has the form of a packet. */
final class BinaryBatch {

    private static final int HEADER_BYTES = 24;
    private static final byte REQUEST = (byte) 0x80;
    private static final byte RESPONSE = (byte) 0x81;

    /** Said back in the answer to the last request. */
    private static final int LAST_OPAQUE = 0x4d4e0d0a;

    private static final int FLAGS = 5;

    private BinaryBatch() {}

    /** Some of everything on a key, with a request behind that is answered when all others are. */
    static Batch of(String name) {
        byte[] key = Batch.ascii(name);
        byte[] value = Batch.ascii("7".repeat(50));
        byte[][] packets = {
            packet(0x01, ints(FLAGS, 0), key, value), // set
            packet(0x00, ints(), key, ints()), // get
            packet(0x0c, ints(), key, ints()), // get with key
            packet(0x09, ints(), Batch.ascii("warmup:none"), ints()), // quiet get
            packet(0x11, ints(FLAGS, 0), key, value), // quiet set
            packet(0x02, ints(FLAGS, 0), key, value), // add
            packet(0x1c, ints(0), key, ints()), // touch
            packet(0x1d, ints(0), key, ints()), // get and touch
            packet(0x05, ints(0, 1, 0, 7, 0), Batch.ascii(name + 'i'), ints()), // increment
            packet(0x04, ints(), Batch.ascii(name + 'i'), ints()), // delete
            packet(0x0a, ints(), ints(), ints()) // noop
        };
        int length = 0;
        for (byte[] packet : packets) {
            length += packet.length;
        }
        ByteBuffer all = ByteBuffer.allocate(length);
        for (byte[] packet : packets) {
            all.put(packet);
        }
        byte[] ending = ByteBuffer.allocate(HEADER_BYTES)
                .put(0, RESPONSE)
                .put(1, (byte) 0x0a)
                .putInt(12, LAST_OPAQUE)
                .array();
        return new Batch(all.array(), ending, packets.length);
    }

    private static byte[] packet(int opcode, byte[] extras, byte[] key, byte[] value) {
        int body = extras.length + key.length + value.length;
        return ByteBuffer.allocate(HEADER_BYTES + body)
                .put(REQUEST)
                .put((byte) opcode)
                .putShort((short) key.length)
                .put((byte) extras.length)
                .put((byte) 0)
                .putShort((short) 0)
                .putInt(body)
                .putInt(opcode == 0x0a ? LAST_OPAQUE : 1)
                .putLong(0)
                .put(extras)
                .put(key)
                .put(value)
                .array();
    }

    private static byte[] ints(int... numbers) {
        ByteBuffer bytes = ByteBuffer.allocate(4 * numbers.length);
        for (int number : numbers) {
            bytes.putInt(number);
        }
        return bytes.array();
    }
}
