package io.mempair.ha.group;

import io.mempair.ha.group.OperatorMessage.HandOverRequest;
import io.mempair.ha.group.OperatorMessage.Past;
import io.mempair.ha.group.OperatorMessage.Summary;
import io.mempair.ha.handover.HandoverAbility;
import io.mempair.ha.history.History;
import io.mempair.ha.history.HistoryRecord;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Encodes and decodes what operators are shown, in messages that begin with a {@link MessageFrame} and have kinds of their
 * own. Stateless; any thread.
 *
 * <pre>
 * summary: flags(1: holdsAddress=1 open=2 maintenance=4 handover=8*code) upSeconds(8) clients(4) servers(4) serversUp(4) serversOut(4)
 *          requestsPerSecond(4) configuration(8) versionLength(1) version(versionLength, ASCII) httpLength(1) http(httpLength, ASCII)
 *          history(8)
 * past:    records(1) record*
 * record:  length(2) line(length, UTF-8)
 * handOverRequest: nothing more
 * </pre>
 *
 * <p>A later version may write more behind it, which is ignored, and more flags. A record that is of no known format is left
 * out.
 */
final class OperatorMessageCodec {

    /** Below the size that JGroups fragments ({@code frag_size} in stack.xml); a summary is far shorter. */
    private static final int MAX_BYTES = 48 << 10;

    /** More than any line has. */
    private static final int MAX_LINE_BYTES = 2 << 10;

    private static final byte SUMMARY = 6;
    private static final byte PAST = 7;
    private static final byte HAND_OVER_REQUEST = 8;

    private static final int HOLDS_ADDRESS = 1;
    private static final int OPEN = 2;
    private static final int MAINTENANCE = 4;

    /** Three bits, which older versions leave 0. */
    private static final int HANDOVER_SHIFT = 3;

    private static final int HANDOVER_MASK = 7;

    private OperatorMessageCodec() {}

    static byte[] encode(OperatorMessage message) {
        ByteBuffer out = ByteBuffer.allocate(MAX_BYTES);
        if (message instanceof Summary summary) {
            MessageFrame.begin(out, SUMMARY, summary.from());
            put(out, summary.summary());
            out.putLong(summary.history());
        } else if (message instanceof Past past) {
            MessageFrame.begin(out, PAST, past.from());
            out.put((byte) past.records().size());
            past.records().forEach(happened -> putLine(out, happened.line()));
        } else if (message instanceof HandOverRequest request) {
            MessageFrame.begin(out, HAND_OVER_REQUEST, request.from());
        }
        return MessageFrame.written(out);
    }

    private static void putLine(ByteBuffer out, String line) {
        byte[] bytes = line.getBytes(StandardCharsets.UTF_8);
        out.putShort((short) bytes.length).put(bytes);
    }

    private static void put(ByteBuffer out, MemberSummary member) {
        int flags = (member.holdsAddress() ? HOLDS_ADDRESS : 0)
                | (member.open() ? OPEN : 0)
                | (member.maintenance() ? MAINTENANCE : 0)
                | (member.handover().code() << HANDOVER_SHIFT);
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
        return MessageFrame.decode(bytes, offset, length, MAX_BYTES, OperatorMessageCodec::body);
    }

    private static @Nullable OperatorMessage body(byte kind, String from, ByteBuffer in) {
        if (kind == PAST) {
            return past(from, in);
        }
        if (kind == HAND_OVER_REQUEST) {
            return new HandOverRequest(from);
        }
        MemberSummary summary = kind == SUMMARY ? summary(in) : null;
        return summary == null ? null : new Summary(from, summary, in.getLong());
    }

    private static @Nullable Past past(String from, ByteBuffer in) {
        int count = in.get() & 0xFF;
        if (count > History.PART) {
            return null;
        }
        List<HistoryRecord> records = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            int length = in.getShort() & 0xFFFF;
            if (length > MAX_LINE_BYTES || length > in.remaining()) {
                return null;
            }
            byte[] line = new byte[length];
            in.get(line);
            HistoryRecord.of(new String(line, StandardCharsets.UTF_8)).ifPresent(records::add);
        }
        return new Past(from, records);
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
                http,
                HandoverAbility.of((flags >> HANDOVER_SHIFT) & HANDOVER_MASK));
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
