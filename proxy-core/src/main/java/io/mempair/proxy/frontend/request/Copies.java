package io.mempair.proxy.frontend.request;

import io.mempair.proxy.backend.ServerFailure;
import io.mempair.proxy.protocol.text.ReplyLine;
import io.mempair.proxy.protocol.text.ReplyShape;
import io.mempair.proxy.replication.WriteOrder;
import io.netty.buffer.ByteBuf;

/** How a protocol writes to two copies of a key, and answers. Used by {@link CopiedWrite}. */
interface Copies {

    /** The key, as the servers store it. */
    WriteOrder.Key key();

    /** Whether the primary has to carry the write out before the backup can follow. */
    boolean primaryDecides();

    /** Whether the primary changed what it holds, so that the backup has to follow. */
    boolean changed(ReplyLine meaning);

    /** Whether this answer of either copy is the client's, whatever the other said. */
    boolean settles(ReplyLine meaning);

    /** What the answer to the write, or to what follows it, looks like. */
    ReplyShape shape(boolean following);

    /** Whether the data block goes with the line. */
    boolean carriesData(boolean following);

    /** At most so many bytes are appended by {@link #appendLine}. */
    int lineBytes();

    /** Appends the line of the write, or of what follows it. */
    void appendLine(ByteBuf out, boolean following);

    /** Answers the client. */
    void answer(byte[] line, ReplyLine meaning);

    /** Tells the client that neither copy gave an answer. */
    void failed(ServerFailure failure);
}
