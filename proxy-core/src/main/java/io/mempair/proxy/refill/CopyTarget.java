package io.mempair.proxy.refill;

import io.mempair.proxy.backend.BufferedRequest;
import io.mempair.proxy.backend.BufferedRequest.ReplyListener;
import io.mempair.proxy.backend.ServerConnection;
import io.mempair.proxy.backend.ServerState;
import io.mempair.proxy.loop.ByteRanges;
import io.mempair.proxy.loop.OutputBatch;
import io.mempair.proxy.protocol.text.ReplyShape;
import io.mempair.proxy.protocol.text.TextReplies;
import io.mempair.proxy.replication.RefillLease;
import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;

/**
 * The steps of a copy at its target, in the protocol the target supports. All steps use the channel that was open at
 * the start: after a reconnect the same id may belong to another item. Confined to the loop.
 */
public abstract sealed class CopyTarget permits MetaTarget, ClassicTarget {

    /** Bytes of a line besides its key: the command, five numbers of 20 digits, flags. */
    private static final int LINE_BYTES = 160;

    /** Client flags and lifetime of the mark, as both protocols write them. */
    static final String MARK_FLAGS = Long.toString(RefillLease.FLAGS);

    static final String MARK_SECONDS = Integer.toString(RefillLease.SECONDS);

    private final ServerConnection server;
    private final OutputBatch channel;
    final KeyToken key;

    CopyTarget(ServerConnection server, KeyToken key) {
        this.server = server;
        this.channel = server.output();
        this.key = key;
    }

    /** The target {@code server}, which must be usable. */
    static CopyTarget of(ServerConnection server, KeyToken key) {
        return server.speaksMeta() ? new MetaTarget(server, key) : new ClassicTarget(server, key);
    }

    /** Receives the outcome of a step: exactly one is called, once. */
    interface StepListener {
        /** The step succeeded. */
        void done();

        /** The step failed because of the item the target holds. */
        void refused();

        /** The server cannot: it has no memory, or the item is too large. */
        void cannot();

        /** No reply, or an unexpected one. */
        void failed();
    }

    /** Receives the outcome of a lease or a look: exactly one is called, once. */
    interface LeaseListener {
        /** The target holds the mark, with this id. */
        void marked(long id);

        /**
         * The target holds another item.
         *
         * @param id  its cas id; 0 if the server did not report one
         */
        void taken(long id);

        /** The target holds no item. */
        void empty();

        /** The server cannot store the mark. */
        void cannot();

        /** No reply, or an unexpected one. */
        void failed();
    }

    /** The target's state, shared by all loops. */
    final ServerState state() {
        return server.state();
    }

    /** Whether the target can store an item with the source's cas id. */
    final boolean takesIds() {
        return server.takesIds();
    }

    /** Whether the channel of the start is still in use. */
    final boolean connected() {
        return server.usable() && server.output() == channel;
    }

    /** Adds the mark if there is no item. */
    abstract void lease(LeaseListener listener);

    /** Reads what the target holds. */
    abstract void look(LeaseListener listener);

    /** Replaces what has that id by the item; keeps the source's cas id if it is one for both copies. */
    abstract void store(long id, ItemRead.StoredItem item, long exptime, ByteRanges data, StepListener listener);

    /** Deletes what has that id. */
    abstract void takeAway(long id, StepListener listener);

    /** A buffer for one line, which begins with the command and the key. */
    final ByteBuf line(String word) {
        ByteBuf out = channel.append(LINE_BYTES + key.bytes().length);
        ascii(out, word);
        out.writeBytes(key.bytes());
        return out;
    }

    public static void ascii(ByteBuf out, String text) {
        out.writeCharSequence(text, StandardCharsets.US_ASCII);
    }

    public static void endLine(ByteBuf out) {
        out.writeShort(TextReplies.LINE_END);
    }

    /** Appends the value after the line of a storage command; the value includes its line end. */
    final void data(ByteRanges data) {
        data.copyTo(channel);
    }

    /** Closes the connection: half a request may have been sent, so no other may follow. */
    final void broken(Throwable defect) {
        server.unsent(defect);
    }

    final void sent(ReplyShape shape, ReplyListener listener) {
        server.sent(new BufferedRequest(shape, listener));
    }

    final void sent(ItemRead read) {
        server.sent(read);
    }
}
