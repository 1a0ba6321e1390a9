package io.mempair.ha.group;

import io.mempair.ha.handover.HandoverMessage;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;

/**
 * Messages of a hand-over on a stream: kind(1) length(4) body. Strings are as {@link DataOutputStream#writeUTF} writes them.
 * Every length has a bound, checked before it is used. Stateless.
 */
public final class HandoverMessageCodec {

    /** Most bytes of a body: a batch of copies. */
    public static final int MAX_BODY_BYTES = 16 << 20;

    private static final int PREPARE = 1;
    private static final int PREPARED = 2;
    private static final int REFUSED = 3;
    private static final int COPIES = 4;
    private static final int COPIES_END = 5;
    private static final int RESTORED = 6;
    private static final int COMMIT = 7;
    private static final int ABORT = 8;

    private HandoverMessageCodec() {}

    /** Writes a message in one piece; blocks. */
    public static void write(HandoverMessage message, OutputStream out) throws IOException {
        ByteArrayOutputStream whole = new ByteArrayOutputStream();
        DataOutputStream frame = new DataOutputStream(whole);
        byte[] body = body(message);
        if (body.length > MAX_BODY_BYTES) {
            throw new IOException("a message of " + body.length + " bytes (expected: at most " + MAX_BODY_BYTES + ")");
        }
        frame.writeByte(kind(message));
        frame.writeInt(body.length);
        frame.write(body);
        out.write(whole.toByteArray());
        out.flush();
    }

    private static int kind(HandoverMessage message) {
        if (message instanceof HandoverMessage.Prepare) {
            return PREPARE;
        } else if (message instanceof HandoverMessage.Prepared) {
            return PREPARED;
        } else if (message instanceof HandoverMessage.HandoverRefused) {
            return REFUSED;
        } else if (message instanceof HandoverMessage.CopiedConnections) {
            return COPIES;
        } else if (message instanceof HandoverMessage.CopiesEnd) {
            return COPIES_END;
        } else if (message instanceof HandoverMessage.Restored) {
            return RESTORED;
        }
        return message instanceof HandoverMessage.Commit ? COMMIT : ABORT;
    }

    private static byte[] body(HandoverMessage message) throws IOException {
        if (message instanceof HandoverMessage.CopiedConnections copies) {
            return copies.bytes();
        }
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        DataOutputStream body = new DataOutputStream(bytes);
        if (message instanceof HandoverMessage.Prepare prepare) {
            body.writeInt(prepare.version());
            body.writeUTF(prepare.source());
            body.writeUTF(prepare.target());
            body.writeLong(prepare.epoch());
        } else if (message instanceof HandoverMessage.HandoverRefused refused) {
            body.writeUTF(refused.why());
        } else if (message instanceof HandoverMessage.CopiesEnd end) {
            body.writeInt(end.connections());
        } else if (message instanceof HandoverMessage.Restored restored) {
            body.writeInt(restored.connections());
        }
        return bytes.toByteArray();
    }

    /**
     * Reads the next message; blocks.
     *
     * @throws EOFException if the stream ends, also in the middle of one
     * @throws IOException  if it is not a message
     */
    public static HandoverMessage read(InputStream in) throws IOException {
        DataInputStream frame = new DataInputStream(in);
        int kind = frame.readUnsignedByte();
        int length = frame.readInt();
        if (length < 0 || length > MAX_BODY_BYTES) {
            throw new IOException("a message of " + length + " bytes (expected: at most " + MAX_BODY_BYTES + ")");
        }
        byte[] bytes = frame.readNBytes(length);
        if (bytes.length < length) {
            throw new EOFException("a message of " + length + " bytes ends after " + bytes.length);
        }
        if (kind == COPIES) {
            return new HandoverMessage.CopiedConnections(bytes);
        }
        ByteArrayInputStream rest = new ByteArrayInputStream(bytes);
        HandoverMessage message;
        try {
            message = parse(kind, new DataInputStream(rest));
        } catch (EOFException e) {
            throw new IOException("a message that is too short, of kind " + kind, e);
        }
        if (rest.available() > 0) {
            throw new IOException(rest.available() + " bytes behind a message of kind " + kind);
        }
        return message;
    }

    private static HandoverMessage parse(int kind, DataInputStream body) throws IOException {
        return switch (kind) {
            case PREPARE ->
                new HandoverMessage.Prepare(body.readInt(), body.readUTF(), body.readUTF(), body.readLong());
            case PREPARED -> new HandoverMessage.Prepared();
            case REFUSED -> new HandoverMessage.HandoverRefused(body.readUTF());
            case COPIES_END -> new HandoverMessage.CopiesEnd(body.readInt());
            case RESTORED -> new HandoverMessage.Restored(body.readInt());
            case COMMIT -> new HandoverMessage.Commit();
            case ABORT -> new HandoverMessage.Abort();
            default -> throw new IOException("a message of kind " + kind);
        };
    }
}
