package io.mempair.proxy.refill;

import io.mempair.proxy.backend.ServerConnection;
import io.mempair.proxy.protocol.text.TextReplies;
import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;

/**
 * Where a copy comes from. Confined to the loop.
 *
 * @param server  the source
 * @param key     as it is said to it
 */
record CopySource(ServerConnection server, KeyToken key) {

    /** Bytes a line takes beside its key. */
    private static final int LINE_BYTES = 32;

    /** Whether it can be asked, and what it says is true. */
    boolean serves() {
        return server.serves();
    }

    /**
     * Reads the item; only while it {@link #serves}.
     *
     * @param withId  whether its id is wanted, if the server says it with the rest
     */
    void read(boolean withId, ItemRead.Listener listener) {
        boolean meta = server.speaksMeta();
        server.send(meta ? ItemRead.meta(listener) : ItemRead.classic(key.bytes(), listener), output -> {
            ByteBuf out = output.append(LINE_BYTES + key.bytes().length);
            ascii(out, meta ? "mg " : "get ");
            out.writeBytes(key.bytes());
            if (meta) {
                ascii(out, (key.encoded() ? " b v f t" : " v f t") + (withId ? " c" : ""));
            }
            out.writeShort(TextReplies.LINE_END);
        });
    }

    private static void ascii(ByteBuf out, String text) {
        out.writeCharSequence(text, StandardCharsets.US_ASCII);
    }
}
