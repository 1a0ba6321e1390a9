package io.mempair.proxy.copies;

import io.mempair.proxy.backend.ServerFailure;
import io.mempair.proxy.loop.LoopContext;
import io.mempair.proxy.protocol.text.ReplyLine;
import io.mempair.proxy.replication.Key;
import org.jspecify.annotations.Nullable;

/**
 * A write to two copies of a key, as the client meant it: the command that decides. An unconditional one goes to both
 * servers as it is; of a conditional one the second server gets the {@link #follower}. Used by {@link ReplicatedWrite}.
 */
interface ReplicatedCommand extends CopyCommand {

    /** The key, as the servers store it. */
    Key key();

    /** Whether the outcome depends on the stored item, so that one server must decide before the other can follow. */
    boolean isConditional();

    /** Whether it is an unconditional deletion. */
    boolean isDeletion();

    /** What the server did that gave this reply. */
    WriteEffect effect(ReplyLine meaning);

    /**
     * The command that makes the other copy equal after this one has changed the decider's; null if only a copy of the
     * whole item does. Only for a conditional write.
     */
    @Nullable
    FollowingCommand follower();

    /** A deletion of the key, in the protocol of the write. */
    CopyCommand deletion();

    /**
     * The same write with a new cas id for both copies, if the proxy may choose it: the write creates or replaces an
     * item, the client did not choose an id, and the server's reply stays the same. Else this write.
     *
     * @param loop              numbers the ids
     * @param longestItemBytes  longest item both servers accept; 0 if unknown
     */
    ReplicatedCommand identified(LoopContext loop, int longestItemBytes);

    /**
     * Answers the client.
     *
     * @param reply  a server's reply: the line, followed by the value if there is one
     * @param tag    of the server that replied
     */
    void answer(byte[] reply, ReplyLine meaning, int tag);

    /** Answers the client with an error: neither copy replied. */
    void failed(ServerFailure failure);
}
