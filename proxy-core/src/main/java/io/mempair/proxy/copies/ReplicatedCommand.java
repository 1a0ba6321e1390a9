package io.mempair.proxy.copies;

import io.mempair.proxy.backend.ServerFailure;
import io.mempair.proxy.metrics.TimedCommand;
import io.mempair.proxy.protocol.text.ReplyLine;
import io.mempair.proxy.protocol.text.ReplyShape;
import io.mempair.proxy.replication.Key;
import io.netty.buffer.ByteBuf;

/** One write command of one protocol, sent to two copies of a key. Used by {@link ReplicatedWrite}. */
interface ReplicatedCommand {

    /** The key, as the servers store it. */
    Key key();

    /** Whether one server must execute the write before the other can follow. */
    boolean oneDecides();

    /** Whether the decider changed its item, so that the other server must follow. */
    boolean changed(ReplyLine meaning);

    /** Whether this reply to an unconditional write means that the server executed it. */
    boolean done(ReplyLine meaning);

    /** Whether this reply, from either copy, goes to the client regardless of the other reply. */
    boolean settles(ReplyLine meaning);

    /**
     * Whether the following copy now equals the decider's.
     *
     * @param decided   the decider's reply
     * @param followed  the other server's reply
     * @param meaning   of {@code followed}
     */
    boolean agrees(byte[] decided, byte[] followed, ReplyLine meaning);

    /** Whether only copying the whole item makes the other copy equal. */
    boolean followsByCopy();

    /**
     * Whether the proxy may choose the item's cas id: the write creates or replaces an item, the client did not choose
     * an id, and the server's reply stays the same.
     *
     * @param longestItemBytes  longest item both servers accept; 0 if unknown
     */
    boolean makesId(int longestItemBytes);

    /** The same write with this cas id; only if {@link #makesId}. */
    ReplicatedCommand identified(long id);

    /** Shape of the reply to the write, or to the following command. */
    ReplyShape shape(boolean following);

    /** Command under which the latency of the write, or of the following command, is recorded. */
    TimedCommand timedAs(boolean following);

    /** Whether the data block follows the line. */
    boolean carriesData(boolean following);

    /** Upper bound of the bytes {@link #appendLine} appends. */
    int lineBytes();

    /**
     * Appends the line of the write, or of the following command.
     *
     * @param tag  of the server that receives it
     */
    void appendLine(ByteBuf out, boolean following, int tag);

    /** Appends a line that deletes the key; the reply has the shape {@link #deletionShape}. */
    void appendDeletion(ByteBuf out);

    /** Shape of the reply to a deletion. */
    ReplyShape deletionShape();

    /**
     * Answers the client.
     *
     * @param tag  of the server that replied
     */
    void answer(byte[] line, ReplyLine meaning, int tag);

    /** Answers the client with an error: neither copy replied. */
    void failed(ServerFailure failure);
}
