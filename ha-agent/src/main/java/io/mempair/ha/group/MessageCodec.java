package io.mempair.ha.group;

import io.mempair.ha.election.Message;
import io.mempair.ha.election.Message.Echo;
import io.mempair.ha.election.Message.Heartbeat;
import io.mempair.ha.election.Message.Resign;
import io.mempair.ha.election.Message.Support;
import io.mempair.ha.election.Message.Terms;
import io.mempair.ha.election.Role;
import io.mempair.ha.election.StateVersion;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Encodes and decodes the messages of the election; they begin with a {@link MessageFrame}. Stateless; any thread.
 *
 * <pre>
 * heartbeat: incarnation(8) priority(1) roleCode(1) flags(1: eligible=1 holds=2 witnessed=4 preempts=8 more=16 state=32)
 *            epoch(8) reignEpoch(8) sentNanos(8) leaseNanos(8), with the flag "more": placement(8) echoes(1) echo*,
 *            and with the flag "state": state
 * echo:      incarnation(8) sentNanos(8)
 * support:   epoch(8) echoNanos(8) flags(1: granted=1 state=2) highest(8) busyNanos(8), and with the flag: state
 * state:     epoch(8) version(8)
 * resign:    incarnation(8) epoch(8) flags(1: closing=1) sentNanos(8)
 * </pre>
 *
 * <p>Big endian. A message has exactly the length of its kind; any other length is invalid. A message without "more" or
 * "state" comes from an older version and is accepted. Kinds 4 and 5 are {@link ServerStateCodec}'s, 6 and 7 are
 * {@link OperatorMessageCodec}'s; a node that does not know a kind ignores the message.
 */
final class MessageCodec {

    private static final int MAX_BYTES = 320;

    /** More members than an election remembers. */
    private static final int MAX_ECHOES = 8;

    private static final int MORE = 16;
    private static final int STATE_OF_HEARTBEAT = 32;
    private static final int STATE_OF_SUPPORT = 2;

    /** Far more than any profile's. */
    private static final long MAX_LEASE_NANOS = 60_000_000_000L;

    private static final byte HEARTBEAT = 1;
    private static final byte SUPPORT = 2;
    private static final byte RESIGN = 3;

    private MessageCodec() {}

    static byte[] encode(Message message) {
        ByteBuffer out = ByteBuffer.allocate(MAX_BYTES);
        MessageFrame.begin(out, kind(message), message.from());
        if (message instanceof Heartbeat beat) {
            out.putLong(beat.incarnation());
            Terms terms = beat.terms();
            out.put((byte) beat.priority()).put((byte) beat.role().code());
            out.put(flags(beat.eligible(), beat.holds(), terms.witnessed(), terms.preempts(), true, true));
            out.putLong(beat.epoch()).putLong(beat.reignEpoch()).putLong(beat.sentNanos());
            out.putLong(terms.leaseNanos()).putLong(terms.placement());
            putEchoes(out, beat.echoes());
            putState(out, beat.state());
        } else if (message instanceof Support support) {
            out.putLong(support.epoch()).putLong(support.echoNanos());
            out.put(flags(support.granted(), true)).putLong(support.highest()).putLong(support.busyNanos());
            putState(out, support.state());
        } else if (message instanceof Resign resign) {
            out.putLong(resign.incarnation()).putLong(resign.epoch());
            out.put(flags(resign.closing())).putLong(resign.sentNanos());
        }
        return MessageFrame.written(out);
    }

    private static void putEchoes(ByteBuffer out, List<Echo> echoes) {
        if (echoes.size() > MAX_ECHOES) {
            throw new IllegalArgumentException("echoes: " + echoes.size() + " (expected: at most " + MAX_ECHOES + ')');
        }
        out.put((byte) echoes.size());
        echoes.forEach(echo -> out.putLong(echo.incarnation()).putLong(echo.sentNanos()));
    }

    private static void putState(ByteBuffer out, StateVersion state) {
        out.putLong(state.epoch()).putLong(state.version());
    }

    private static byte kind(Message message) {
        if (message instanceof Heartbeat) {
            return HEARTBEAT;
        }
        return message instanceof Support ? SUPPORT : RESIGN;
    }

    private static byte flags(boolean... set) {
        int flags = 0;
        for (int i = 0; i < set.length; i++) {
            flags |= set[i] ? 1 << i : 0;
        }
        return (byte) flags;
    }

    /** Decodes a message; empty if the bytes are invalid, or of another version. */
    static Optional<Message> decode(byte[] bytes, int offset, int length) {
        return MessageFrame.decodeExactly(bytes, offset, length, MAX_BYTES, MessageCodec::body);
    }

    private static @Nullable Message body(byte kind, String from, ByteBuffer in) {
        return switch (kind) {
            case HEARTBEAT -> heartbeat(from, in);
            case SUPPORT -> support(from, in);
            case RESIGN -> resign(from, in);
            default -> null;
        };
    }

    private static @Nullable Message support(String from, ByteBuffer in) {
        long epoch = in.getLong();
        long echoNanos = in.getLong();
        byte flags = in.get();
        long highest = in.getLong();
        long busyNanos = in.getLong();
        StateVersion state = (flags & STATE_OF_SUPPORT) != 0 ? state(in) : StateVersion.NONE;
        if (epoch < 1 || highest < 0 || busyNanos < 0 || state == null) {
            return null;
        }
        return new Support(from, epoch, echoNanos, (flags & 1) != 0, highest, busyNanos, state);
    }

    /** Null if it is invalid. */
    private static @Nullable StateVersion state(ByteBuffer in) {
        StateVersion state = new StateVersion(in.getLong(), in.getLong());
        return state.epoch() < 0 || state.version() < 0 ? null : state;
    }

    private static @Nullable Message resign(String from, ByteBuffer in) {
        long incarnation = in.getLong();
        long epoch = in.getLong();
        boolean closing = (in.get() & 1) != 0;
        long sentNanos = in.getLong();
        if (epoch < 0) {
            return null;
        }
        return new Resign(from, incarnation, epoch, closing, sentNanos);
    }

    private static @Nullable Message heartbeat(String from, ByteBuffer in) {
        long incarnation = in.getLong();
        int priority = in.get() & 0xFF;
        Role role = role(in.get());
        byte flags = in.get();
        long epoch = in.getLong();
        long reignEpoch = in.getLong();
        long sentNanos = in.getLong();
        boolean holds = (flags & 2) != 0;
        long leaseNanos = in.getLong();
        boolean more = (flags & MORE) != 0;
        long placement = more ? in.getLong() : Message.UNKNOWN_PLACEMENT;
        Terms terms = new Terms((flags & 4) != 0, (flags & 8) != 0, leaseNanos, placement);
        List<Echo> echoes = more ? echoes(in) : List.of();
        StateVersion state = (flags & STATE_OF_HEARTBEAT) != 0 ? state(in) : StateVersion.NONE;
        if (state == null
                || role == null
                || epoch < 0
                || reignEpoch < 0
                || (holds && reignEpoch == 0)
                || !isLease(terms.leaseNanos())) {
            return null;
        }
        return new Heartbeat(
                from,
                incarnation,
                priority,
                role,
                (flags & 1) != 0,
                epoch,
                reignEpoch,
                holds,
                sentNanos,
                terms,
                state,
                echoes);
    }

    private static List<Echo> echoes(ByteBuffer in) {
        int count = in.get() & 0xFF;
        if (count > MAX_ECHOES) {
            throw new BufferUnderflowException(); // none could be so long
        }
        List<Echo> echoes = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            echoes.add(new Echo(in.getLong(), in.getLong()));
        }
        return echoes;
    }

    private static boolean isLease(long nanos) {
        return nanos > 0 && nanos <= MAX_LEASE_NANOS;
    }

    private static @Nullable Role role(byte code) {
        for (Role role : Role.values()) {
            if (role.code() == code) {
                return role;
            }
        }
        return null;
    }
}
