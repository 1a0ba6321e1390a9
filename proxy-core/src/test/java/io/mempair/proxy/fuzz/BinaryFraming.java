package io.mempair.proxy.fuzz;

import io.mempair.proxy.config.ClientLimits;
import io.mempair.proxy.protocol.binary.BinaryRequest;
import io.mempair.proxy.protocol.binary.BinaryRequestParser;
import io.mempair.proxy.protocol.binary.BinaryRequestParser.ParseResult;
import io.mempair.proxy.protocol.binary.Opcode;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/** As {@link ClientFraming}, of packets: each is answered under its own opaque, in order, or by nothing if it may be. */
final class BinaryFraming {

    static final int MAGIC = BinaryRequestParser.MAGIC;

    private static final int RESPONSE_MAGIC = 0x81;
    private static final int HEADER_BYTES = 24;
    private static final int OPAQUE_INDEX = 12;

    /** One packet: its opaque, and whether there may be no answer, or several. */
    private record Packet(int opaque, boolean mayBeSilent, boolean mayRepeat) {}

    private final List<Packet> packets = new ArrayList<>();
    private boolean closes;

    private BinaryFraming(byte[] stream) {
        ByteBuf in = Unpooled.wrappedBuffer(stream);
        BinaryRequestParser parser = new BinaryRequestParser();
        while (in.isReadable() && !closes) {
            int start = in.readerIndex();
            ParseResult verdict = parser.read(in);
            int opaque = verdict == ParseResult.INCOMPLETE ? 0 : in.getInt(start + OPAQUE_INDEX);
            if (verdict == ParseResult.INCOMPLETE || !take(in, verdict, opaque, parser.request())) {
                return;
            }
        }
    }

    static BinaryFraming of(byte[] stream) {
        return new BinaryFraming(stream);
    }

    /** Takes the packet with its value; false if that is not all there, and will not be answered before it is. */
    private boolean take(ByteBuf in, ParseResult verdict, int opaque, BinaryRequest request) {
        if (verdict == ParseResult.FOREIGN) {
            closes = true;
            return true;
        }
        if (verdict == ParseResult.MALFORMED || verdict == ParseResult.CONTRADICTORY) {
            closes = true;
            packets.add(new Packet(opaque, false, false));
            return true;
        }
        boolean known = verdict == ParseResult.GOOD;
        boolean stores = known
                && (request.opcode().kind() == Opcode.OpcodeKind.STORE
                        || request.opcode().kind() == Opcode.OpcodeKind.CONCATENATE);
        boolean swallows = !known || request.opcode().kind() == Opcode.OpcodeKind.SASL;
        long valueBytes = stores || swallows ? request.valueBytes() : 0;
        boolean waits = stores && valueBytes <= ClientLimits.UNKNOWN_ITEM_BYTES;
        if (waits && in.readableBytes() < valueBytes) {
            return false;
        }
        if (known && request.opcode().loud() == Opcode.QUIT) {
            closes = true;
        }
        packets.add(new Packet(
                opaque,
                known && request.opcode().quiet(),
                known && request.opcode().kind() == Opcode.OpcodeKind.STAT));
        in.skipBytes((int) Math.min(valueBytes, in.readableBytes()));
        return true;
    }

    /** Compares with what the client was sent. */
    void check(FuzzedClient.FuzzedAnswers answers) {
        ByteBuffer left = ByteBuffer.wrap(answers.bytes());
        for (Packet packet : packets) {
            if (!nextIs(left, packet.opaque())) {
                if (!packet.mayBeSilent()) {
                    throw new AssertionError("no answer to the packet with opaque " + packet.opaque() + ", at byte "
                            + left.position() + " of: " + answers);
                }
                continue;
            }
            do {
                skip(left);
            } while (packet.mayRepeat() && nextIs(left, packet.opaque()));
        }
        if (left.hasRemaining()) {
            throw new AssertionError("more answers than packets, from byte " + left.position() + " of: " + answers);
        }
        if (closes != answers.closed()) {
            throw new AssertionError("closed: " + answers.closed() + ", expected " + closes);
        }
    }

    private static boolean nextIs(ByteBuffer left, int opaque) {
        return left.remaining() >= HEADER_BYTES
                && Byte.toUnsignedInt(left.get(left.position())) == RESPONSE_MAGIC
                && left.getInt(left.position() + OPAQUE_INDEX) == opaque;
    }

    private static void skip(ByteBuffer left) {
        int bodyBytes = left.getInt(left.position() + 8);
        left.position(left.position() + HEADER_BYTES + bodyBytes);
    }
}
