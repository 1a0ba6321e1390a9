package io.mempair.proxy.copies;

import io.mempair.proxy.backend.ServerFailure;
import io.mempair.proxy.metrics.TimedCommand;
import io.mempair.proxy.protocol.Command;
import io.mempair.proxy.protocol.meta.MetaAnswerLine;
import io.mempair.proxy.protocol.meta.MetaRequest;
import io.mempair.proxy.protocol.meta.MetaRequest.Follower;
import io.mempair.proxy.protocol.text.ReplyLine;
import io.mempair.proxy.protocol.text.ReplyShape;
import io.mempair.proxy.replication.CasTag;
import io.mempair.proxy.replication.Key;
import io.mempair.proxy.reply.MetaAnswer;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.Arrays;

/** A meta write to two copies. */
public final class ReplicatedMetaCommand implements ReplicatedCommand {

    /** Bytes a line may grow by: two ids of 20 digits. */
    private static final int SLACK_BYTES = 48;

    private final MetaRequest request;
    private final MetaAnswer answer;

    /** Cas id for the item; 0 if the server or the client chooses it. */
    private final long id;

    /** @param request  a private copy, not the parser's instance */
    public ReplicatedMetaCommand(MetaRequest request, MetaAnswer answer) {
        this(request, answer, 0);
    }

    private ReplicatedMetaCommand(MetaRequest request, MetaAnswer answer, long id) {
        this.request = request;
        this.answer = answer;
        this.id = id;
    }

    @Override
    public Key key() {
        return Key.of(request.keyBytes(), request.keyOffset(), request.keyLength());
    }

    @Override
    public boolean oneDecides() {
        return request.isConditional();
    }

    @Override
    public boolean changed(ReplyLine meaning) {
        return meaning == ReplyLine.HD;
    }

    @Override
    public boolean done(ReplyLine meaning) {
        return meaning == ReplyLine.HD || (request.command() == Command.MD && meaning == ReplyLine.NF);
    }

    @Override
    public boolean settles(ReplyLine meaning) {
        return request.command() == Command.MD && meaning == ReplyLine.HD;
    }

    /** A deletion agrees with a missing copy. Counters are compared if the client asked for the number. */
    @Override
    public boolean agrees(byte[] decided, byte[] followed, ReplyLine meaning) {
        if (request.follower() == Follower.DELETE || request.command() == Command.MD) {
            return meaning == ReplyLine.HD || meaning == ReplyLine.NF;
        }
        int decidedValue = valueOffset(decided);
        int followedValue = valueOffset(followed);
        return meaning == ReplyLine.HD
                && Arrays.equals(decided, decidedValue, decided.length, followed, followedValue, followed.length);
    }

    private static int valueOffset(byte[] answer) {
        int i = 0;
        while (i < answer.length && answer[i] != '\n') {
            i++;
        }
        return Math.min(i + 1, answer.length);
    }

    @Override
    public boolean followsByCopy() {
        return request.follower() == Follower.COPY;
    }

    @Override
    public boolean makesId(int longestItemBytes) {
        return id == 0 && request.makesId();
    }

    @Override
    public ReplicatedCommand identified(long chosen) {
        return new ReplicatedMetaCommand(request, answer, chosen);
    }

    @Override
    public ReplyShape shape(boolean following) {
        return carriesData(following) ? request.shape() : ReplyShape.META;
    }

    @Override
    public TimedCommand timedAs(boolean following) {
        boolean deletes = following && request.follower() == Follower.DELETE;
        return deletes ? TimedCommand.DELETE : TimedCommand.of(request.command());
    }

    @Override
    public boolean carriesData(boolean following) {
        return request.command() == Command.MS && !(following && request.follower() == Follower.DELETE);
    }

    @Override
    public int lineBytes() {
        return request.lineBytes() + SLACK_BYTES;
    }

    @Override
    public void appendLine(ByteBuf out, boolean following, int tag) {
        if (following) {
            request.appendFollower(out);
        } else {
            request.appendLine(out, expected -> meant(tag, expected));
        }
        if (id != 0 && (!following || request.follower() != Follower.DELETE)) {
            MetaRequest.appendId(id, out);
        }
    }

    /**
     * With flag I, an id older than the item's marks the item stale. {@link CasTag#NO_ID} would be newer than all, so
     * an id of another process is sent as 0.
     */
    private long meant(int tag, long expected) {
        long meant = CasTag.meant(tag, expected);
        return meant == CasTag.NO_ID && request.has('I') ? 0 : meant;
    }

    @Override
    public void appendDeletion(ByteBuf out) {
        request.appendKeyed(out, Command.MD);
    }

    @Override
    public ReplyShape deletionShape() {
        return ReplyShape.META;
    }

    /** {@code bytes} is a line, or a value's line followed by the value. */
    @Override
    public void answer(byte[] bytes, ReplyLine meaning, int tag) {
        int lineBytes = Math.min(valueOffset(bytes), bytes.length);
        byte[] line = taggedLine(bytes, lineBytes, tag);
        ByteBuf in = Unpooled.wrappedBuffer(line);
        if (lineBytes == bytes.length) {
            answer.line(in, 0, line.length, meaning);
        } else if (answer.valueStarts(line, line.length)) {
            answer.valueBytes(in, 0, line.length, false);
            ByteBuf value = Unpooled.wrappedBuffer(bytes, lineBytes, bytes.length - lineBytes);
            answer.valueBytes(value, 0, value.readableBytes(), true);
            value.release();
        } else {
            answer.failed(ServerFailure.BAD_ANSWER);
        }
        in.release();
    }

    private byte[] taggedLine(byte[] bytes, int length, int tag) {
        if (!request.has('c')) {
            return Arrays.copyOf(bytes, length);
        }
        return MetaAnswerLine.withId(bytes, length, request.asksForKeyFirst(), own -> CasTag.told(tag, own));
    }

    @Override
    public void failed(ServerFailure failure) {
        answer.failed(failure);
    }
}
