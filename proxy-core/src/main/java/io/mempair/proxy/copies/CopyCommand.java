package io.mempair.proxy.copies;

import io.mempair.proxy.metrics.TimedCommand;
import io.mempair.proxy.protocol.text.ReplyShape;
import io.netty.buffer.ByteBuf;

/** A command as one of the two servers of a key receives it. */
interface CopyCommand {

    /** Shape of the reply. */
    ReplyShape shape();

    /** Command under which the latency is recorded. */
    TimedCommand timedAs();

    /** Whether the data block of the write follows the line. */
    boolean carriesData();

    /** Upper bound of the bytes {@link #appendLine} appends. */
    int lineBytes();

    /**
     * Appends the line.
     *
     * @param tag  of the server that receives it
     */
    void appendLine(ByteBuf out, int tag);
}
