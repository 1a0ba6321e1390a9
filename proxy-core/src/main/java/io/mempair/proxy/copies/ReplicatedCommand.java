package io.mempair.proxy.copies;

import io.mempair.proxy.backend.ServerFailure;
import io.mempair.proxy.metrics.TimedCommand;
import io.mempair.proxy.protocol.text.ReplyLine;
import io.mempair.proxy.protocol.text.ReplyShape;
import io.mempair.proxy.replication.Key;
import io.netty.buffer.ByteBuf;

/** How a protocol writes to two copies of a key, and answers. Used by {@link ReplicatedWrite}. */
interface ReplicatedCommand {

    /** The key, as the servers store it. */
    Key key();

    /** Whether one server has to carry the write out before the other can follow. */
    boolean oneDecides();

    /** Whether the server that decides changed what it holds, so that the other has to follow. */
    boolean changed(ReplyLine meaning);

    /** Whether a server that answered this to a write that does not depend on what there is has carried it out. */
    boolean done(ReplyLine meaning);

    /** Whether this answer of either copy is the client's, whatever the other said. */
    boolean settles(ReplyLine meaning);

    /**
     * Whether the copy that followed is now equal to the one that decided.
     *
     * @param decided   what that one answered
     * @param followed  what the other answered
     * @param meaning   of that
     */
    boolean agrees(byte[] decided, byte[] followed, ReplyLine meaning);

    /** Whether only a copy of the whole item makes the other server equal. */
    boolean followsByCopy();

    /**
     * Whether the write makes an id that the proxy may choose: an item is new or other, the client did not choose its id, and
     * servers answer the same then.
     *
     * @param longestItemBytes  that both servers take; 0 if unknown
     */
    boolean makesId(int longestItemBytes);

    /** The same write, which gives the item this id; only if it {@link #makesId}. */
    ReplicatedCommand identified(long id);

    /** What the answer to the write, or to what follows it, looks like. */
    ReplyShape shape(boolean following);

    /** What the latency of the write, or of what follows it, is counted as. */
    TimedCommand command(boolean following);

    /** Whether the data block goes with the line. */
    boolean carriesData(boolean following);

    /** At most so many bytes are appended by {@link #appendLine}. */
    int lineBytes();

    /**
     * Appends the line of the write, or of what follows it.
     *
     * @param tag  of the server it goes to
     */
    void appendLine(ByteBuf out, boolean following, int tag);

    /** Appends a line that deletes the key, answered in the shape {@link #deletionShape}. */
    void appendDeletion(ByteBuf out);

    /** What the answer to a deletion looks like. */
    ReplyShape deletionShape();

    /**
     * Answers the client.
     *
     * @param tag  of the server whose answer it is
     */
    void answer(byte[] line, ReplyLine meaning, int tag);

    /** Tells the client that no copy gave an answer. */
    void failed(ServerFailure failure);
}
