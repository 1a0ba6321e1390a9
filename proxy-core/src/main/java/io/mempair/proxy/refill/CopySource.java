package io.mempair.proxy.refill;

import io.mempair.proxy.backend.BufferedRequest;
import io.mempair.proxy.backend.BufferedRequest.ReplyListener;
import io.mempair.proxy.backend.ServerConnection;
import io.mempair.proxy.backend.ServerFailure;
import io.mempair.proxy.loop.OutputBatch;
import io.mempair.proxy.protocol.text.ReplyLine;
import io.mempair.proxy.protocol.text.ReplyShape;
import io.mempair.proxy.protocol.text.TextReplies;
import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;

/**
 * The source of a copy. Confined to the loop.
 *
 * @param server   the source
 * @param channel  its channel at the start of the copy: after a reconnect it may be another process
 * @param key      as sent to it
 */
record CopySource(ServerConnection server, OutputBatch channel, KeyToken key) {

    /** Bytes of a line besides its key. */
    private static final int LINE_BYTES = 32;

    private static final int GIVE_BACK_BYTES = 64;

    private static final ReplyListener IGNORE_REPLY = new ReplyListener() {
        @Override
        public void answered(byte[] reply, ReplyLine meaning) {}

        @Override
        public void failed(ServerFailure failure) {}
    };

    /** A copy from {@code server}, which must be usable. */
    static CopySource of(ServerConnection server, KeyToken key) {
        return new CopySource(server, server.output(), key);
    }

    /** Whether the server can be asked and its items are up to date. */
    boolean serves() {
        return server.serves() && server.speaksOver(channel);
    }

    /**
     * Reads the item without touching its LRU position, where the server supports that; only while it {@link #serves}.
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
     * Returns the right to recache a stale item, which an {@code mg} takes if nobody has it, so that the next client
     * gets it. The item keeps its id if the server accepts ids. A failure is ignored.
     */
    void giveBackRight(ItemRead.StoredItem item) {
        if (!server.usable() || !server.speaksOver(channel)) {
            return;
        }
        String id = Long.toUnsignedString(item.id());
        server.send(new BufferedRequest(ReplyShape.META, IGNORE_REPLY), output -> {
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
