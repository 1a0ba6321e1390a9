package io.mempair.proxy.refill;

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
 * The steps of a copy at its target, in words the target understands. All of them go over the one channel that was there at
 * the beginning: an id that was given before a reconnect may be another item's after it. Confined to the loop.
 */
public abstract sealed class CopyTarget permits MetaTarget, ClassicTarget {

    /** Bytes a line takes beside its key: the word, five numbers of 20 digits, flags. */
    private static final int LINE_BYTES = 160;

    /** The client flags of the mark and its lifetime, as both protocols take them. */
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

    /** Who waits for a step; exactly one is told, once. */
    interface StepListener {
        /** Done. */
        void done();

        /** Not done, because of what the target holds. */
        void refused();

        /** Not done: the server says that it cannot, for want of memory or because the item is too long for it. */
        void cannot();

        /** No answer, or none that helps. */
        void failed();
    }

    /** Who waits for a lease, or asks what is there; exactly one is told, once. */
    interface LeaseListener {
        /** The mark is there, with this id. */
        void marked(long id);

        /** Something else is there. */
        void taken();

        /** Nothing is there. */
        void empty();

        /** The server says that it cannot. */
        void cannot();

        /** No answer, or none that helps. */
        void failed();
    }

    /** The target as all loops see it. */
    final ServerState state() {
        return server.state();
    }

    /** Whether an item can be stored with the id it has at the source. */
    final boolean takesIds() {
        return server.takesIds();
    }

    /** Whether the channel is still that of the beginning. */
    final boolean connected() {
        return server.usable() && server.output() == channel;
    }

    /** Deletes what is there; never {@link StepListener#refused}. */
    abstract void delete(StepListener listener);

    /** Puts the mark where nothing is. */
    abstract void lease(LeaseListener listener);

    /** Looks what is there. */
    abstract void look(LeaseListener listener);

    /** Puts the item where the mark with that id is; with the id it has at the source, if that is one for both copies. */
    abstract void store(long id, ItemRead.Item item, long exptime, ByteRanges data, StepListener listener);

    /** Takes the mark with that id away. */
    abstract void takeAway(long id, StepListener listener);

    /** A buffer for one line. */
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

    /** Behind the line of a storage command: the value, which ends itself with a line end. */
    final void data(ByteRanges data) {
        data.copyTo(channel);
    }

    /** Half a request may be on its way there, behind which nothing can follow. */
    final void broken(Throwable defect) {
        server.unsent(defect);
    }

    final void sent(ReplyShape shape, LineRequest.LineListener listener) {
        server.sent(new LineRequest(shape, listener));
    }

    final void sent(ItemRead read) {
        server.sent(read);
    }
}
