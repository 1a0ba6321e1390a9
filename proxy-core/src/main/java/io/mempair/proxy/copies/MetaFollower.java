package io.mempair.proxy.copies;

import io.mempair.proxy.metrics.TimedCommand;
import io.mempair.proxy.protocol.Command;
import io.mempair.proxy.protocol.meta.MetaRequest;
import io.mempair.proxy.protocol.meta.MetaRequest.Follower;
import io.mempair.proxy.protocol.meta.MetaRequestEncoder;
import io.mempair.proxy.protocol.text.ReplyLine;
import io.mempair.proxy.protocol.text.ReplyShape;
import io.netty.buffer.ByteBuf;
import java.util.Arrays;

/**
 * Follows a meta write: the same command without its condition, a set of the same value, or a deletion.
 *
 * @param request  the write; not one that only a copy of the item can follow
 * @param id       cas id for the item; 0 if the server or the client chooses it
 */
record MetaFollower(MetaRequest request, long id) implements FollowingCommand {

    private boolean deletes() {
        return request.follower() == Follower.DELETE;
    }

    @Override
    public ReplyShape shape() {
        return carriesData() ? request.shape() : ReplyShape.META;
    }

    @Override
    public TimedCommand timedAs() {
        return deletes() ? TimedCommand.DELETE : TimedCommand.of(request.command());
    }

    @Override
    public boolean carriesData() {
        return request.command() == Command.MS && !deletes();
    }

    @Override
    public int lineBytes() {
        return request.lineBytes() + ReplicatedMetaCommand.SLACK_BYTES;
    }

    @Override
    public void appendLine(ByteBuf out, int tag) {
        MetaRequestEncoder.appendFollower(request, out);
        if (id != 0 && !deletes()) {
            MetaRequestEncoder.appendId(id, out);
        }
    }

    /** A deletion agrees with a missing copy. Counters are compared if the client asked for the number. */
    @Override
    public boolean agrees(byte[] decided, byte[] followed, ReplyLine meaning) {
        if (deletes() || request.command() == Command.MD) {
            return WriteEffect.ofDeletion(meaning) != WriteEffect.REFUSED;
        }
        int decidedValue = valueOffset(decided);
        int followedValue = valueOffset(followed);
        return meaning == ReplyLine.HD
                && Arrays.equals(decided, decidedValue, decided.length, followed, followedValue, followed.length);
    }

    /** Where the value begins in a reply: behind the first line end, or at the end of the reply. */
    static int valueOffset(byte[] reply) {
        int i = 0;
        while (i < reply.length && reply[i] != '\n') {
            i++;
        }
        return Math.min(i + 1, reply.length);
    }
}
