package io.mempair.proxy.copies;

import io.mempair.proxy.backend.ServerFailure;
import io.mempair.proxy.backend.ServerRequest;
import io.mempair.proxy.metrics.TimedCommand;
import io.mempair.proxy.protocol.text.ReplyLine;
import io.mempair.proxy.protocol.text.ReplyShape;
import io.netty.buffer.ByteBuf;

/** An internal request with a one-line reply. Exactly one of the two callbacks runs, once. */
public final class SideRequest extends ServerRequest {

    private final ReplyShape shape;
    private final Runnable afterwards;
    private final Runnable unanswered;

    public SideRequest(TimedCommand command, ReplyShape shape, Runnable afterwards) {
        this(command, shape, afterwards, afterwards);
    }

    /** {@code unanswered} runs if there is no reply, or an error. */
    SideRequest(TimedCommand command, ReplyShape shape, Runnable afterwards, Runnable unanswered) {
        super(command);
        this.shape = shape;
        this.afterwards = afterwards;
        this.unanswered = unanswered;
    }

    @Override
    protected ReplyShape shape() {
        return shape;
    }

    @Override
    protected void line(ByteBuf in, int index, int length, ReplyLine meaning) {
        if (meaning.isError()) {
            unanswered.run();
        } else {
            afterwards.run();
        }
    }

    @Override
    protected void failed(ServerFailure failure) {
        unanswered.run();
    }
}
