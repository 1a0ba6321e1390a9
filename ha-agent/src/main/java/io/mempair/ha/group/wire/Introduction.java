package io.mempair.ha.group.wire;

import java.io.ByteArrayInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import org.jgroups.blocks.cs.Connection;
import org.jgroups.stack.IpAddress;

/**
 * The first bytes of a JGroups node on a connection, which name its address. JGroups reads them on its single accept
 * thread, where a silent client would block everybody; so they are read in advance and replayed.
 */
final class Introduction {

    private static final int HEAD_BYTES = Connection.cookie.length + 2 * Short.BYTES; // cookie, version, length
    private static final int MAX_ADDRESS_BYTES = 32;

    private final byte[] bytes;
    private final IpAddress from;

    private Introduction(byte[] bytes, IpAddress from) {
        this.bytes = bytes;
        this.from = from;
    }

    /** Reads it, whose {@code first} bytes were read already; blocks until it is complete. */
    static Introduction read(byte[] first, InputStream in) throws IOException {
        byte[] head = Arrays.copyOf(first, HEAD_BYTES);
        int rest = HEAD_BYTES - first.length;
        if (in.readNBytes(head, first.length, rest) < rest || !Arrays.equals(head, 0, 4, Connection.cookie, 0, 4)) {
            throw new IOException("it does not speak as a node does");
        }
        int length = ((head[HEAD_BYTES - 2] & 0xFF) << 8) | (head[HEAD_BYTES - 1] & 0xFF);
        byte[] address = length > MAX_ADDRESS_BYTES ? new byte[0] : in.readNBytes(length);
        if (length == 0 || address.length < length) {
            throw new IOException("it does not say where it listens");
        }
        IpAddress from = new IpAddress();
        from.readFrom(new DataInputStream(new ByteArrayInputStream(address)));
        byte[] all = Arrays.copyOf(head, head.length + length);
        System.arraycopy(address, 0, all, head.length, length);
        return new Introduction(all, from);
    }

    /** The original bytes; callers must not change them. */
    byte[] bytes() {
        return bytes;
    }

    /** The address on which the other end claims to listen. */
    IpAddress from() {
        return from;
    }
}
