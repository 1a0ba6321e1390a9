package io.mempair.proxy.protocol.text;

import io.mempair.proxy.protocol.Stat;
import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/**
 * Takes the answers of one server, in order. A buffer handed in belongs to the caller: retain to keep.
 * All calls come from the thread that decodes.
 */
public interface ReplyHandler {

    /** What the oldest unanswered request expects, or null when nothing was asked. */
    @Nullable
    ReplyShape expected();

    /**
     * A value begins. Its bytes follow by {@link #itemBytes}.
     *
     * @param line  the VALUE line; the key is {@code line[keyOffset, keyOffset + keyLength)}. Of a meta answer the
     *     VA line, which is {@code line[keyOffset, keyOffset + keyLength)} itself
     * @return whether this key was asked for; if not, the connection is not to be trusted any more
     */
    boolean itemStarts(byte[] line, int keyOffset, int keyLength);

    /**
     * A piece of the value that has begun, from its VALUE line to the line end of its data.
     *
     * @param last  whether this piece ends the value
     */
    void itemBytes(ByteBuf in, int index, int length, boolean last);

    /** END, or the end of a meta answer's value: the retrieval is answered. */
    void retrievalEnds();

    /**
     * One of the lines before the END of {@link ReplyShape#STATS}.
     *
     * @return whether it is taken; if not, the connection is not to be trusted any more
     */
    default boolean stat(Stat stat) {
        return false;
    }

    /**
     * A one-line answer ends the oldest request.
     *
     * @param in      holds the line with its line end in {@code [index, index + length)}
     * @param meaning what it says
     */
    void line(ByteBuf in, int index, int length, ReplyLine meaning);
}
