package io.mempair.proxy.copies;

import io.mempair.proxy.backend.ServerFailure;
import io.mempair.proxy.metrics.TimedCommand;
import io.mempair.proxy.protocol.text.ReplyLine;
import io.mempair.proxy.protocol.text.ReplyShape;
import io.mempair.proxy.replication.Key;
import io.netty.buffer.ByteBuf;

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
    public boolean oneDecides() {
        return false;
    }

    @Override
    public boolean changed(ReplyLine meaning) {
        return true;
    }

    @Override
    public boolean done(ReplyLine meaning) {
        return switch (meaning) {
            case DELETED, NOT_FOUND, HD, NF -> true;
            default -> false;
        };
    }

    @Override
    public boolean settles(ReplyLine meaning) {
        return false;
    }

    @Override
    public boolean agrees(byte[] decided, byte[] followed, ReplyLine meaning) {
        return true;
    }

    @Override
    public boolean followsByCopy() {
        return false;
    }

    @Override
    public boolean makesId(int longestItemBytes) {
        return false;
    }

    @Override
    public ReplicatedCommand identified(long id) {
        throw new AssertionError("a deletion has no id");
    }

    @Override
    public ReplyShape shape(boolean following) {
        return shape;
    }

    @Override
    public TimedCommand timedAs(boolean following) {
        return TimedCommand.DELETE;
    }

    @Override
    public boolean carriesData(boolean following) {
        return false;
    }

    @Override
    public int lineBytes() {
        return line.length;
    }

    @Override
    public void appendLine(ByteBuf out, boolean following, int tag) {
        out.writeBytes(line);
    }

    @Override
    public void appendDeletion(ByteBuf out) {
        out.writeBytes(line);
    }

    @Override
    public ReplyShape deletionShape() {
        return shape;
    }

    @Override
    public void answer(byte[] answered, ReplyLine meaning, int tag) {
        afterwards.run();
    }

    @Override
    public void failed(ServerFailure failure) {
        afterwards.run();
    }
}
