package io.mempair.proxy.copies;

import io.mempair.proxy.backend.ServerFailure;
import io.mempair.proxy.loop.LoopContext;
import io.mempair.proxy.metrics.TimedCommand;
import io.mempair.proxy.protocol.text.ReplyLine;
import io.mempair.proxy.protocol.text.ReplyShape;
import io.mempair.proxy.replication.Key;
import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/**
 * Deletes both copies of a key whose new value was refused. memcached drops the old value after a refused set, so that
 * nobody reads it as the new one; both copies are deleted before the client gets the error.
 */
public final class ReplicatedRefusal implements ReplicatedCommand {

    private final Key key;
    private final ReplyShape shape;
    private final byte[] line;
    private final Runnable afterwards;

    /**
     * @param key         as the servers store it
     * @param shape       of the reply to {@code line}
     * @param line        a delete command with its line end
     * @param afterwards  runs once, when both servers have replied or failed
     */
    public ReplicatedRefusal(Key key, ReplyShape shape, byte[] line, Runnable afterwards) {
        this.key = key;
        this.shape = shape;
        this.line = line;
        this.afterwards = afterwards;
    }

    @Override
    public Key key() {
        return key;
    }

    @Override
    public boolean isConditional() {
        return false;
    }

    @Override
    public boolean isDeletion() {
        return true;
    }

    @Override
    public WriteEffect effect(ReplyLine meaning) {
        return WriteEffect.ofDeletion(meaning);
    }

    @Override
    public @Nullable FollowingCommand follower() {
        return null;
    }

    @Override
    public CopyCommand deletion() {
        return this;
    }

    @Override
    public ReplicatedCommand identified(LoopContext loop, int longestItemBytes) {
        return this;
    }

    @Override
    public ReplyShape shape() {
        return shape;
    }

    @Override
    public TimedCommand timedAs() {
        return TimedCommand.DELETE;
    }

    @Override
    public boolean carriesData() {
        return false;
    }

    @Override
    public int lineBytes() {
        return line.length;
    }

    @Override
    public void appendLine(ByteBuf out, int tag) {
        out.writeBytes(line);
    }

    @Override
    public void answer(byte[] reply, ReplyLine meaning, int tag) {
        afterwards.run();
    }

    @Override
    public void failed(ServerFailure failure) {
        afterwards.run();
    }
}
