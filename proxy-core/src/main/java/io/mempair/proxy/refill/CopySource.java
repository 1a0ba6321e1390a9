package io.mempair.proxy.refill;

import io.mempair.proxy.backend.ServerConnection;
import io.mempair.proxy.protocol.text.ReplyShape;
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

    private static final int GIVE_BACK_BYTES = 64;

    private static final LineRequest.LineListener UNHEARD = new LineRequest.LineListener() {
        @Override
        public void answered(LineRequest.LineAnswer answer) {}

        @Override
        public void failed() {}
    };

    /** Whether it can be asked, and what it says is true. */
    boolean serves() {
        return server.serves();
    }

    /**
     * Reads the item, and leaves its place among those last used as it is, where the server can; only while it {@link #serves}.
     */
    void read(ItemRead.ReadListener listener) {
        boolean meta = server.speaksMeta();
        server.send(meta ? ItemRead.meta(listener) : ItemRead.classic(key.bytes(), listener), output -> {
            ByteBuf out = output.append(LINE_BYTES + key.bytes().length);
            ascii(out, meta ? "mg " : "get ");
            out.writeBytes(key.bytes());
            if (meta) {
                ascii(out, key.encoded() ? " b u v f t c" : " u v f t c");
            }
            out.writeShort(TextReplies.LINE_END);
        });
    }

    /**
     * Gives back the right to make a stale item anew, which every {@code mg} takes if nobody has it: the client that asks next gets
     * it. The item keeps its id where the server lets itself be told one. Nothing is to be done if that fails.
     */
    void giveBackRight(ItemRead.Item item) {
        if (!server.usable()) {
            return;
        }
        String id = Long.toUnsignedString(item.id());
        server.send(new LineRequest(ReplyShape.META, UNHEARD), output -> {
            ByteBuf out = output.append(GIVE_BACK_BYTES + key.bytes().length);
            ascii(out, "md ");
            out.writeBytes(key.bytes());
            ascii(out, (key.encoded() ? " b" : "") + " I C" + id + (server.takesIds() ? " E" + id : ""));
            out.writeShort(TextReplies.LINE_END);
        });
    }

    private static void ascii(ByteBuf out, String text) {
        out.writeCharSequence(text, StandardCharsets.US_ASCII);
    }
}
