package io.mempair.ha.group;

import io.mempair.ha.group.ServerStateMessage.StateAck;
import io.mempair.ha.group.ServerStateMessage.StateUpdate;
import io.mempair.proxy.replication.LayoutKnowledge;
import io.mempair.proxy.replication.ReplicaStatus;
import io.mempair.proxy.replication.ServerIdentity;
import io.mempair.proxy.replication.ServerKnowledge;
import io.mempair.proxy.replication.ServerKnowledge.Known;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Encodes and decodes server state messages; they begin with a {@link MessageFrame} and have kinds of their own.
 * Stateless; any thread.
 *
 * <pre>
 * update: incarnation(8) epoch(8) version(8) servers(2) server* [flushInMillis(8) [keys(2) key*]]
 * server: addressLength(2) address(addressLength, UTF-8) flags(1: backup=1) status(1) pid(8) startedSeconds(8)
 * key:    server(2: its position) length(1) bytes(length)
 * placed: incarnation(8) epoch(8) stage(1) leading other version(8) servers(2) ...: an update behind two layouts
 * layout: length(2) text(length, UTF-8)
 * ack:    incarnation(8) ofIncarnation(8) epoch(8) version(8)
 * </pre>
 *
 * <p>A node whose reloads copy keys sends placed updates, which an older node does not understand, and so does not acknowledge.
 *
 * <p>The last fields exist only while a flush is pending, or copies differ: an older node understands all other messages,
 * and does not acknowledge this one, because it would ignore the fields.
 */
final class ServerStateCodec {

    /** Most servers in a message, because each heartbeat repeats them. */
    static final int MAX_SERVERS = 512;

    /** Below the size that JGroups fragments ({@code frag_size} in stack.xml). */
    static final int MAX_BYTES = 48 << 10;

    private static final int MAX_ADDRESS_BYTES = 1 << 10;
    private static final int MIN_SERVER_BYTES = 2 + 1 + 1 + 1 + 8 + 8;

    /** The longest delay that servers accept: 32 bits of seconds. */
    private static final long MAX_FLUSH_MILLIS = 1_000L << 32;

    private static final byte UPDATE = 4;
    private static final byte ACK = 5;
    private static final byte PLACED_UPDATE = 9;

    private ServerStateCodec() {}

    /** @throws IllegalArgumentException if there are too many servers, or their names are too long */
    static byte[] encode(ServerStateMessage message) {
        ByteBuffer out = ByteBuffer.allocate(MAX_BYTES);
        if (message instanceof StateUpdate update) {
            List<Known> servers = update.knowledge().servers();
            if (servers.size() > MAX_SERVERS) {
                throw tooMuch(servers.size());
            }
            boolean placed = update.knowledge().layout().isTold();
            MessageFrame.begin(out, placed ? PLACED_UPDATE : UPDATE, update.from());
            out.putLong(update.incarnation()).putLong(update.epoch());
            if (placed) {
                LayoutCodec.put(out, update.knowledge().layout());
            }
            if (out.remaining() < Long.BYTES + Short.BYTES) {
                throw tooMuch(servers.size());
            }
            out.putLong(update.knowledge().version()).putShort((short) servers.size());
            servers.forEach(server -> put(out, server, servers.size()));
            putLast(out, update.knowledge());
        } else if (message instanceof StateAck ack) {
            MessageFrame.begin(out, ACK, ack.from());
            out.putLong(ack.incarnation()).putLong(ack.ofIncarnation());
            out.putLong(ack.epoch()).putLong(ack.version());
        }
        return MessageFrame.written(out);
    }

    private static void put(ByteBuffer out, Known server, int servers) {
        byte[] address = server.address().getBytes(StandardCharsets.UTF_8);
        if (address.length > MAX_ADDRESS_BYTES || out.remaining() < MIN_SERVER_BYTES + address.length) {
            throw tooMuch(servers);
        }
        out.putShort((short) address.length).put(address);
        out.put((byte) (server.backup() ? 1 : 0)).put(code(server.status()));
        out.putLong(server.identity().pid()).putLong(server.identity().startedSeconds());
    }

    private static void putLast(ByteBuffer out, ServerKnowledge knowledge) {
        boolean differ = knowledge.servers().stream()
                .anyMatch(server -> !server.differing().isEmpty());
        if (!differ && knowledge.flushInMillis() == ServerKnowledge.NO_FLUSH) {
            return;
        }
        if (out.remaining() < Long.BYTES) {
            throw tooMuch(knowledge.servers().size());
        }
        out.putLong(knowledge.flushInMillis());
        if (differ) {
            DifferingKeysCodec.put(out, knowledge.servers());
        }
    }

    private static IllegalArgumentException tooMuch(int servers) {
        return new IllegalArgumentException("knowledge of " + servers + " servers (expected: at most " + MAX_SERVERS
                + ", and no more than " + MAX_BYTES + " bytes)");
    }

    /** Decodes a message; empty if the bytes are invalid, or of another version. */
    static Optional<ServerStateMessage> decode(byte[] bytes, int offset, int length) {
        return MessageFrame.decodeExactly(bytes, offset, length, MAX_BYTES, ServerStateCodec::body);
    }

    private static @Nullable ServerStateMessage body(byte kind, String from, ByteBuffer in) {
        return switch (kind) {
            case UPDATE, PLACED_UPDATE -> update(kind, from, in);
            case ACK -> ack(from, in);
            default -> null;
        };
    }

    private static @Nullable ServerStateMessage ack(String from, ByteBuffer in) {
        long incarnation = in.getLong();
        long ofIncarnation = in.getLong();
        long epoch = in.getLong();
        long version = in.getLong();
        return epoch < 1 || version < 0 ? null : new StateAck(from, incarnation, ofIncarnation, epoch, version);
    }

    private static @Nullable ServerStateMessage update(byte kind, String from, ByteBuffer in) {
        long incarnation = in.getLong();
        long epoch = in.getLong();
        LayoutKnowledge layout = kind == PLACED_UPDATE ? LayoutCodec.read(in) : LayoutKnowledge.NONE;
        if (layout == null) {
            return null;
        }
        long version = in.getLong();
        int count = in.getShort() & 0xFFFF;
        if (epoch < 1 || version < 0 || count > MAX_SERVERS || count * MIN_SERVER_BYTES > in.remaining()) {
            return null;
        }
        List<Known> servers = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            Known server = server(in);
            if (server == null) {
                return null;
            }
            servers.add(server);
        }
        long flushInMillis = ServerKnowledge.NO_FLUSH;
        if (in.hasRemaining()) {
            flushInMillis = in.getLong();
            boolean alone = !in.hasRemaining();
            if (!isDelay(flushInMillis) && (alone || flushInMillis != ServerKnowledge.NO_FLUSH)) {
                return null;
            }
            if (!alone && !DifferingKeysCodec.addTo(servers, in)) {
                return null;
            }
        }
        return new StateUpdate(from, incarnation, epoch, new ServerKnowledge(version, servers, flushInMillis, layout));
    }

    /** Whether the value is a valid delay; no pending flush is encoded by omission. */
    private static boolean isDelay(long millis) {
        return millis >= 0 && millis <= MAX_FLUSH_MILLIS;
    }

    private static @Nullable Known server(ByteBuffer in) {
        String address = address(in);
        byte flags = in.get();
        ReplicaStatus status = status(in.get());
        long pid = in.getLong();
        long startedSeconds = in.getLong();
        if (address == null || (flags & ~1) != 0 || status == null) {
            return null;
        }
        return new Known(address, flags == 1, status, new ServerIdentity(pid, startedSeconds));
    }

    private static @Nullable String address(ByteBuffer in) {
        int length = in.getShort() & 0xFFFF;
        if (length < 1 || length > MAX_ADDRESS_BYTES) {
            return null;
        }
        if (length > in.remaining()) {
            throw new BufferUnderflowException();
        }
        ByteBuffer bytes = in.slice(in.position(), length);
        in.position(in.position() + length);
        try {
            String address = StandardCharsets.UTF_8.newDecoder().decode(bytes).toString();
            return address.chars().anyMatch(c -> c <= ' ' || c == 127) ? null : address;
        } catch (CharacterCodingException e) {
            return null;
        }
    }

    private static byte code(ReplicaStatus status) {
        return switch (status) {
            case SERVING -> 0;
            case REFILLING -> 1;
            case OUT -> 2;
        };
    }

    private static @Nullable ReplicaStatus status(byte code) {
        return switch (code) {
            case 0 -> ReplicaStatus.SERVING;
            case 1 -> ReplicaStatus.REFILLING;
            case 2 -> ReplicaStatus.OUT;
            default -> null;
        };
    }
}
