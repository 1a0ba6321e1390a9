package io.mempair.proxy.copies;

import io.mempair.proxy.backend.ServerFailure;
import io.mempair.proxy.loop.LoopContext;
import io.mempair.proxy.metrics.TimedCommand;
import io.mempair.proxy.protocol.Command;
import io.mempair.proxy.protocol.meta.MetaAnswerLine;
import io.mempair.proxy.protocol.meta.MetaRequest;
import io.mempair.proxy.protocol.meta.MetaRequest.Follower;
import io.mempair.proxy.protocol.meta.MetaRequestEncoder;
import io.mempair.proxy.protocol.text.ReplyLine;
import io.mempair.proxy.protocol.text.ReplyShape;
import io.mempair.proxy.replication.CasTag;
import io.mempair.proxy.replication.Key;
import io.mempair.proxy.reply.MetaAnswer;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** A meta write to two copies; {@link MetaFollower} is what follows it. */
public final class ReplicatedMetaCommand implements ReplicatedCommand {

    /** Bytes a line may grow by: two ids of 20 digits. */
    static final int SLACK_BYTES = 48;

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
    public boolean isConditional() {
        return request.isConditional();
    }

    @Override
    public boolean isDeletion() {
        return request.command() == Command.MD && !isConditional();
    }

    @Override
    public WriteEffect effect(ReplyLine meaning) {
        if (request.command() == Command.MD) {
            return WriteEffect.ofDeletion(meaning);
        }
        return meaning == ReplyLine.HD ? WriteEffect.CHANGED : WriteEffect.REFUSED;
    }

    @Override
    public @Nullable FollowingCommand follower() {
        return request.follower() == Follower.COPY ? null : new MetaFollower(request, id);
    }

    @Override
    public CopyCommand deletion() {
        return new CopyDeletion(
                ReplyShape.META, lineBytes(), out -> MetaRequestEncoder.appendKeyed(request, out, Command.MD));
    }

    @Override
    public ReplicatedCommand identified(LoopContext loop, int longestItemBytes) {
        return id == 0 && request.makesId() ? new ReplicatedMetaCommand(request, answer, loop.newId()) : this;
    }

    @Override
    public ReplyShape shape() {
        return carriesData() ? request.shape() : ReplyShape.META;
    }

    @Override
    public TimedCommand timedAs() {
        return TimedCommand.of(request.command());
    }

    @Override
    public boolean carriesData() {
        return request.command() == Command.MS;
    }

    @Override
    public int lineBytes() {
        return request.lineBytes() + SLACK_BYTES;
    }

    @Override
    public void appendLine(ByteBuf out, int tag) {
        MetaRequestEncoder.appendLine(request, out, expected -> sentId(request, CasTag.forServer(tag, expected)));
        if (id != 0) {
            MetaRequestEncoder.appendId(id, out);
        }
    }

    /**
     * With flag I, an id older than the item's marks the item stale. {@link CasTag#NO_ID} would be newer than all, so
     * an id of another process is sent as 0.
     *
     * @param meant  the id that the client's stands for at the server
     */
    public static long sentId(MetaRequest request, long meant) {
        return meant == CasTag.NO_ID && request.has('I') ? 0 : meant;
    }

    @Override
    public void answer(byte[] bytes, ReplyLine meaning, int tag) {
        int lineBytes = MetaFollower.valueOffset(bytes);
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
        return MetaAnswerLine.withId(bytes, length, request.asksForKeyFirst(), own -> CasTag.forClient(tag, own));
    }

    @Override
    public void failed(ServerFailure failure) {
        answer.failed(failure);
    }
}
