package io.mempair.ha.group;

import io.mempair.proxy.config.LayoutText;
import io.mempair.proxy.replication.LayoutKnowledge;
import io.mempair.proxy.replication.LayoutStage;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** Encodes and decodes which layout of servers leads, in a {@link ServerStateCodec server state message}. Stateless; any thread. */
final class LayoutCodec {

    private LayoutCodec() {}

    /** @throws IllegalArgumentException if there is no room for it */
    static void put(ByteBuffer out, LayoutKnowledge layout) {
        byte[] leading = layout.leading().getBytes(StandardCharsets.UTF_8);
        byte[] other = layout.other().getBytes(StandardCharsets.UTF_8);
        if (out.remaining() < 1 + 2 * Short.BYTES + leading.length + other.length) {
            throw new IllegalArgumentException("layouts of " + (leading.length + other.length)
                    + " bytes (expected: no more than " + ServerStateCodec.MAX_BYTES + " bytes with all else)");
        }
        out.put(code(layout.stage()));
        out.putShort((short) leading.length).put(leading);
        out.putShort((short) other.length).put(other);
    }

    /**
     * Reads what {@link #put} makes; null if it is invalid, or this version cannot place keys so: then nobody must rely on this node.
     *
     * @throws BufferUnderflowException if it is too short
     */
    static @Nullable LayoutKnowledge read(ByteBuffer in) {
        LayoutStage stage = stage(in.get());
        String leading = text(in);
        String other = text(in);
        if (stage == null || leading == null || other == null || !LayoutText.isReadable(leading)) {
            return null;
        }
        boolean alone = stage == LayoutStage.SETTLED;
        return (alone ? other.isEmpty() : LayoutText.isReadable(other))
                ? new LayoutKnowledge(leading, other, stage)
                : null;
    }

    private static @Nullable String text(ByteBuffer in) {
        int length = in.getShort() & 0xFFFF;
        if (length > in.remaining()) {
            throw new BufferUnderflowException();
        }
        ByteBuffer bytes = in.slice(in.position(), length);
        in.position(in.position() + length);
        try {
            return StandardCharsets.UTF_8.newDecoder().decode(bytes).toString();
        } catch (CharacterCodingException e) {
            return null;
        }
    }

    private static byte code(LayoutStage stage) {
        return switch (stage) {
            case SETTLED -> 0;
            case FILLING -> 1;
            case SWITCHING -> 2;
            case KEEPING -> 3;
            case RETURNING -> 4;
            case DROPPING -> 5;
        };
    }

    private static @Nullable LayoutStage stage(byte code) {
        return switch (code) {
            case 0 -> LayoutStage.SETTLED;
            case 1 -> LayoutStage.FILLING;
            case 2 -> LayoutStage.SWITCHING;
            case 3 -> LayoutStage.KEEPING;
            case 4 -> LayoutStage.RETURNING;
            case 5 -> LayoutStage.DROPPING;
            default -> null;
        };
    }
}
