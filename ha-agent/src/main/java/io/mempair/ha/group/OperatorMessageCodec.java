package io.mempair.ha.group;

import io.mempair.ha.group.OperatorMessage.Summary;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Encodes and decodes what operators are shown; the messages begin like those of {@link MessageCodec} and have their own
 * kinds. Stateless; any thread.
 *
 * <pre>
 * summary: flags(1: holdsAddress=1 open=2 maintenance=4) upSeconds(8) clients(4) servers(4) serversUp(4) serversOut(4)
 *          requestsPerSecond(4) configuration(8) versionLength(1) version(versionLength, ASCII) httpLength(1) http(httpLength, ASCII)
 * </pre>
 *
 * <p>A later version may write more behind it, which is ignored, and more flags.
 */
final class OperatorMessageCodec {

    /** Room for what later versions add. */
    private static final int MAX_SUMMARY_BYTES = 1 << 10;

    private static final byte SUMMARY = 6;

    private static final int HOLDS_ADDRESS = 1;
    private static final int OPEN = 2;
    private static final int MAINTENANCE = 4;

    private OperatorMessageCodec() {}

    static byte[] encode(OperatorMessage message) {
        ByteBuffer out = ByteBuffer.allocate(MAX_SUMMARY_BYTES);
        if (message instanceof Summary summary) {
            MessageCodec.begin(out, SUMMARY, summary.from());
            put(out, summary.summary());
        }
        byte[] bytes = new byte[out.position()];
        out.flip().get(bytes);
        return bytes;
    }

    private static void put(ByteBuffer out, MemberSummary member) {
        int flags = (member.holdsAddress() ? HOLDS_ADDRESS : 0)
                | (member.open() ? OPEN : 0)
                | (member.maintenance() ? MAINTENANCE : 0);
        out.put((byte) flags).putLong(member.upSeconds());
        out.putInt(member.clients()).putInt(member.servers()).putInt(member.serversUp());
        out.putInt(member.serversOut()).putInt(member.requestsPerSecond()).putLong(member.configuration());
        putText(out, member.version());
        putText(out, member.http());
    }

    private static void putText(ByteBuffer out, String text) {
        byte[] bytes = text.getBytes(StandardCharsets.US_ASCII);
        out.put((byte) bytes.length).put(bytes);
    }

    /** Decodes a message; empty if the bytes are invalid, or of another kind. */
    static Optional<OperatorMessage> decode(byte[] bytes, int offset, int length) {
        if (length > MAX_SUMMARY_BYTES) {
            return Optional.empty();
        }
        ByteBuffer in = ByteBuffer.wrap(bytes, offset, length);
        try {
            if (in.get() != MessageCodec.VERSION) {
                return Optional.empty();
            }
            byte kind = in.get();
            String from = MessageCodec.name(in);
            if (from == null || kind != SUMMARY) {
                return Optional.empty();
            }
            return Optional.ofNullable(summary(in)).map(summary -> new Summary(from, summary));
        } catch (BufferUnderflowException e) {
            return Optional.empty();
        }
    }

    private static @Nullable MemberSummary summary(ByteBuffer in) {
        int flags = in.get();
        long upSeconds = in.getLong();
        int clients = in.getInt();
        int servers = in.getInt();
        int serversUp = in.getInt();
        int serversOut = in.getInt();
        int requestsPerSecond = in.getInt();
        long configuration = in.getLong();
        String version = text(in);
        String http = text(in);
        if ((upSeconds | clients | servers | serversUp | serversOut | requestsPerSecond) < 0
                || serversUp > servers
                || serversOut > servers) {
            return null;
        }
        return new MemberSummary(
                version,
                upSeconds,
                (flags & HOLDS_ADDRESS) != 0,
                (flags & OPEN) != 0,
                (flags & MAINTENANCE) != 0,
                clients,
                servers,
                serversUp,
                serversOut,
                requestsPerSecond,
                configuration,
                http);
    }

    private static String text(ByteBuffer in) {
        int length = in.get() & 0xFF;
        if (length > in.remaining()) {
            throw new BufferUnderflowException();
        }
        byte[] bytes = new byte[length];
        in.get(bytes);
        return new String(bytes, StandardCharsets.US_ASCII);
    }
}
