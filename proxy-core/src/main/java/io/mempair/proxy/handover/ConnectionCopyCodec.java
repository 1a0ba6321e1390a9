package io.mempair.proxy.handover;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;

/**
 * Copies of connections as bytes: a version, then one copy after another, each with its length. Numbers are big-endian,
 * but {@link TcpNumbers#window}, which stays as the kernel gave it. Every length is checked before it is used. Stateless.
 *
 * <pre>
 * batch    version(1) count(4) copy*
 * copy     length(4) end end numbers conversation output
 * end      addressBytes(1: 4 or 16) address port(2)
 * numbers  options(1) scales(1) mss(4) received(4) sent(4) timestamp(4) window(20)
 * conversation  flags(1: begun 1, binary 2, loggedIn 4) swallow(8) unreadBytes(4) unread
 * output   outputBytes(4) sentBytes(4) bytes
 * </pre>
 */
public final class ConnectionCopyCodec {

    /** Most copies of one batch. */
    public static final int MAX_COPIES = 1_024;

    private static final int VERSION = 1;
    private static final int BEGUN = 1;
    private static final int BINARY = 2;
    private static final int LOGGED_IN = 4;
    private static final int FLAGS = BEGUN | BINARY | LOGGED_IN;

    private ConnectionCopyCodec() {}

    /** The bytes of at most {@link #MAX_COPIES} copies. */
    public static byte[] encode(List<ConnectionCopy> copies) {
        if (copies.size() > MAX_COPIES) {
            throw new IllegalArgumentException(copies.size() + " copies (expected: at most " + MAX_COPIES + ")");
        }
        ByteBuf out = Unpooled.buffer(256 * copies.size() + 5);
        out.writeByte(VERSION).writeInt(copies.size());
        for (ConnectionCopy copy : copies) {
            int at = out.writerIndex();
            out.writeInt(0);
            write(copy, out);
            out.setInt(at, out.writerIndex() - at - Integer.BYTES);
        }
        byte[] bytes = new byte[out.readableBytes()];
        out.readBytes(bytes);
        return bytes;
    }

    private static void write(ConnectionCopy copy, ByteBuf out) {
        writeEnd(copy.client(), out);
        writeEnd(copy.local(), out);
        TcpNumbers n = copy.numbers();
        out.writeByte(n.options()).writeByte(n.scales()).writeInt(n.mss());
        out.writeInt(n.received()).writeInt(n.sent()).writeInt(n.timestamp()).writeBytes(n.window());
        PendingInput c = copy.conversation();
        out.writeByte((c.begun() ? BEGUN : 0) | (c.binary() ? BINARY : 0) | (c.loggedIn() ? LOGGED_IN : 0));
        out.writeLong(c.swallowBytes()).writeInt(c.unread().length).writeBytes(c.unread());
        out.writeInt(copy.output().length).writeInt(copy.sentBytes()).writeBytes(copy.output());
    }

    private static void writeEnd(InetSocketAddress end, ByteBuf out) {
        byte[] address = end.getAddress().getAddress();
        out.writeByte(address.length).writeBytes(address).writeShort(end.getPort());
    }

    /**
     * The copies in {@code bytes}.
     *
     * @throws IllegalArgumentException if they are not what {@link #encode} makes, saying what is wrong
     */
    public static List<ConnectionCopy> decode(byte[] bytes) {
        ByteBuf in = Unpooled.wrappedBuffer(bytes);
        try {
            int version = in.readByte();
            require(version == VERSION, "version " + version + " (expected: " + VERSION + ")");
            int count = length(in, MAX_COPIES, "copies");
            List<ConnectionCopy> copies = new ArrayList<>(Math.min(count, in.readableBytes()));
            for (int i = 0; i < count; i++) {
                int length = length(in, in.readableBytes() - Integer.BYTES, "bytes of a copy");
                ByteBuf part = in.readSlice(length);
                copies.add(read(part));
                require(!part.isReadable(), part.readableBytes() + " bytes behind a copy");
            }
            require(!in.isReadable(), in.readableBytes() + " bytes behind the last copy");
            return copies;
        } catch (IndexOutOfBoundsException e) {
            throw new IllegalArgumentException("a copy of connections that is cut short", e);
        }
    }

    private static ConnectionCopy read(ByteBuf in) {
        InetSocketAddress client = readEnd(in);
        InetSocketAddress local = readEnd(in);
        int options = in.readUnsignedByte();
        int scales = in.readUnsignedByte();
        int mss = in.readInt();
        require(mss > 0 && mss <= 0xFFFF, "a segment size of " + mss);
        int received = in.readInt();
        int sent = in.readInt();
        int timestamp = in.readInt();
        TcpNumbers numbers =
                new TcpNumbers(options, scales, mss, received, sent, timestamp, bytes(in, TcpNumbers.WINDOW_BYTES));
        int flags = in.readUnsignedByte();
        require((flags & ~FLAGS) == 0, "flags " + flags);
        long swallowBytes = in.readLong();
        require(swallowBytes >= 0, swallowBytes + " bytes to swallow");
        byte[] unread = bytes(in, length(in, PendingInput.MAX_UNREAD_BYTES, "unread bytes"));
        PendingInput conversation = new PendingInput(
                (flags & BEGUN) != 0, (flags & BINARY) != 0, (flags & LOGGED_IN) != 0, swallowBytes, unread);
        int outputBytes = length(in, ConnectionCopy.MAX_OUTPUT_BYTES, "bytes of output");
        int sentBytes = length(in, outputBytes, "bytes sent");
        return new ConnectionCopy(client, local, numbers, conversation, bytes(in, outputBytes), sentBytes);
    }

    private static InetSocketAddress readEnd(ByteBuf in) {
        int bytes = in.readUnsignedByte();
        require(bytes == 4 || bytes == 16, "an address of " + bytes + " bytes");
        byte[] address = bytes(in, bytes);
        try {
            return new InetSocketAddress(InetAddress.getByAddress(address), in.readUnsignedShort());
        } catch (UnknownHostException e) {
            throw new AssertionError(e); // only for another length
        }
    }

    private static byte[] bytes(ByteBuf in, int length) {
        require(length <= in.readableBytes(), "a copy of connections that is cut short");
        byte[] bytes = new byte[length];
        in.readBytes(bytes);
        return bytes;
    }

    private static int length(ByteBuf in, int most, String what) {
        int length = in.readInt();
        require(length >= 0 && length <= most, length + " " + what + " (expected: at most " + most + ")");
        return length;
    }

    private static void require(boolean good, String otherwise) {
        if (!good) {
            throw new IllegalArgumentException("not a copy of connections: " + otherwise);
        }
    }
}
