package io.mempair.proxy.backend;

import io.mempair.proxy.metrics.TimedCommand;
import io.mempair.proxy.protocol.Stat;
import io.mempair.proxy.protocol.text.ReplyLine;
import io.mempair.proxy.protocol.text.ReplyShape;
import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/**
 * One request in flight to one server, and the receiver of its reply. Exactly one of {@link #retrievalEnds},
 * {@link #line} and {@link #failed} ends it; if one of the first two throws, {@link #failed} follows. Confined to the
 * loop of its connection. The caller keeps ownership of buffers.
 */
public abstract class ServerRequest {

    /** Command under which its latency is recorded, or null. */
    final @Nullable TimedCommand command;

    /** When it was enqueued, in nanoseconds on the loop's clock. */
    long sentNanos;

    /** When its reply is late, in nanoseconds on the loop's clock. */
    long deadlineNanos;

    /** Position of its last byte in the output of its channel. */
    long endPosition;

    /** An internal request, whose latency is not recorded. */
    protected ServerRequest() {
        this.command = null;
    }

    /** A request that stands for another one. */
    ServerRequest(ServerRequest other) {
        this.command = other.command;
    }

    /** A request on behalf of a client. */
    protected ServerRequest(TimedCommand command) {
        this.command = command;
    }

    /** Whether its latency is recorded under this command. */
    public final boolean isTimedAs(TimedCommand other) {
        return command == other;
    }

    /**
     * Whether it may be sent only while this node may serve: client requests and changes to the server. Not internal
     * queries, which a standby sends too.
     */
    protected boolean isFenced() {
        return true;
    }

    /** Shape of the reply. */
    protected abstract ReplyShape shape();

    /**
     * A value begins; only for {@link ReplyShape#RETRIEVAL} and {@link ReplyShape#META}.
     *
     * @return whether this request asked for that key
     */
    protected boolean itemStarts(byte[] line, int keyOffset, int keyLength) {
        return false;
    }

    /** A piece of the current value. */
    protected void itemBytes(ByteBuf in, int index, int length, boolean last) {
        throw new AssertionError("value for a request without values: " + this);
    }

    /** The retrieval is complete; only for {@link ReplyShape#RETRIEVAL}, and {@link ReplyShape#META} after a value. */
    protected void retrievalEnds() {
        throw new AssertionError("END for a request without values: " + this);
    }

    /**
     * A line before the END; only for {@link ReplyShape#STATS}.
     *
     * @return whether it is accepted; if not, the connection is dropped
     */
    protected boolean stat(Stat stat) {
        return false;
    }

    /** The reply is this line, possibly an error line in place of values. */
    protected abstract void line(ByteBuf in, int index, int length, ReplyLine meaning);

    /** No reply will arrive, or it broke off. */
    protected abstract void failed(ServerFailure failure);
}
