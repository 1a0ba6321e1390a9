package io.mempair.proxy.backend;

import io.mempair.proxy.metrics.TimedCommand;
import io.mempair.proxy.protocol.Stat;
import io.mempair.proxy.protocol.text.ReplyLine;
import io.mempair.proxy.protocol.text.ReplyShape;
import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/**
 * One request in flight to one server, and who gets the answer. Exactly one of {@link #retrievalEnds},
 * {@link #line} and {@link #failed} ends it; only if one of the first two throws, {@link #failed} follows. Confined to the loop of its connection; a buffer handed in
 * belongs to the caller.
 */
public abstract class ServerRequest {

    /** What its latency is counted as, or null. */
    final @Nullable TimedCommand command;

    /** When it was put in flight, on the loop's clock. */
    long sentNanos;

    /** When the answer is too late, on the loop's clock. */
    long deadlineNanos;

    /** Where its last byte stands among all bytes of its channel. */
    long endPosition;

    /** A question of our own, whose latency is not counted. */
    protected ServerRequest() {
        this.command = null;
    }

    /** A request that is there for a client. */
    protected ServerRequest(TimedCommand command) {
        this.command = command;
    }

    /**
     * Whether it may be sent only while this proxy may serve: what is there for a client, or changes the server. Not our own
     * questions, which a standby asks too.
     */
    protected boolean isFenced() {
        return true;
    }

    /** What the answer looks like. */
    protected abstract ReplyShape shape();

    /**
     * A value begins; only for {@link ReplyShape#RETRIEVAL} and {@link ReplyShape#META}.
     *
     * @return whether this request asked for that key
     */
    protected boolean itemStarts(byte[] line, int keyOffset, int keyLength) {
        return false;
    }

    /** A piece of the value that has begun. */
    protected void itemBytes(ByteBuf in, int index, int length, boolean last) {
        throw new AssertionError("value for a request that takes none: " + this);
    }

    /** The retrieval is answered; only for {@link ReplyShape#RETRIEVAL}, and {@link ReplyShape#META} after a value. */
    protected void retrievalEnds() {
        throw new AssertionError("END for a request that takes none: " + this);
    }

    /**
     * A line before the END; only for {@link ReplyShape#STATS}.
     *
     * @return whether it is taken; if not, the connection is given up
     */
    protected boolean stat(Stat stat) {
        return false;
    }

    /** The answer is this line; also an error line in place of values. */
    protected abstract void line(ByteBuf in, int index, int length, ReplyLine meaning);

    /** There will be no answer, or no more of it. */
    protected abstract void failed(ServerFailure failure);
}
