package io.mempair.proxy.copies;

import io.mempair.proxy.backend.ServerConnection;
import io.mempair.proxy.backend.ServerFailure;
import io.mempair.proxy.loop.OutputBatch;
import io.mempair.proxy.metrics.TimedCommand;
import io.mempair.proxy.protocol.text.ReplyLine;
import io.mempair.proxy.protocol.text.ReplyShape;
import io.mempair.proxy.protocol.text.TextReplies;
import io.mempair.proxy.protocol.text.ValueLine;
import io.mempair.proxy.replication.Key;
import io.mempair.proxy.replication.RefillLease;
import io.mempair.proxy.reply.KeyTarget;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.Arrays;

/** A classic retrieval of one key with two copies. Forwards the reply as it arrives. */
public final class ReplicatedGet extends ReplicatedRead {

    private static final byte[] TOUCH = {'t', 'o', 'u', 'c', 'h', ' '};

    /** Offset of the lifetime in a {@code gat} line; in {@code gats} it is one more. */
    private static final int EXPTIME_OFFSET = 4;

    private final byte[] line;
    private final int keyOffset;
    private final KeyTarget target;

    /**
     * @param line       the request line without its end: command, lifetime (only if it touches), key
     * @param keyOffset  offset of the key in the line
     * @param target     receives the reply
     */
    public ReplicatedGet(
            ReplicatedReadContext reads,
            ServerConnection primary,
            ServerConnection backup,
            byte[] line,
            int keyOffset,
            KeyTarget target) {
        super(reads, primary, backup);
        this.line = line;
        this.keyOffset = keyOffset;
        this.target = target;
    }

    /** Sends the read, after the writes of the key that are ahead of it. */
    public void start() {
        start(line, keyOffset, line.length - keyOffset);
    }

    /** Whether a retrieval with this command word returns cas ids. */
    public static boolean givesIds(byte[] head) {
        return head.length > 3 && head[3] == 's';
    }

    @Override
    Key key() {
        return Key.of(line, keyOffset, line.length - keyOffset);
    }

    @Override
    TimedCommand command() {
        return TimedCommand.ofRetrieval(line);
    }

    @Override
    boolean touches() {
        return line[1] == 'a';
    }

    @Override
    boolean makesItems() {
        return false;
    }

    @Override
    ReadAttempt attemptAt(ServerConnection server) {
        return new GetReply(server);
    }

    @Override
    void append(OutputBatch output) {
        ByteBuf out = output.append(line.length + 2);
        out.writeBytes(line);
        out.writeShort(TextReplies.LINE_END);
    }

    @Override
    void appendTouch(OutputBatch output) {
        int exptime = givesIds(line) ? EXPTIME_OFFSET + 1 : EXPTIME_OFFSET;
        ByteBuf out = output.append(line.length + TOUCH.length + 2);
        out.writeBytes(TOUCH);
        out.writeBytes(line, keyOffset, line.length - keyOffset);
        out.writeByte(' ');
        out.writeBytes(line, exptime, keyOffset - 1 - exptime);
        out.writeShort(TextReplies.LINE_END);
    }

    @Override
    ReplyShape touchShape() {
        return ReplyShape.TOUCHED;
    }

    @Override
    void answerHit() {
        target.hit();
    }

    @Override
    void answerMiss() {
        target.miss();
    }

    @Override
    void answerFailure(ServerFailure failure) {
        target.failed(failure);
    }

    private final class GetReply extends ReadAttempt {

        private boolean hit;
        private boolean leased;
        private boolean passing;

        /** Bytes of the server's VALUE line still to skip, after a line with another id was forwarded. */
        private int replacedLineBytes;

        GetReply(ServerConnection server) {
            super(ReplicatedGet.this, server);
        }

        @Override
        protected ReplyShape shape() {
            return ReplyShape.RETRIEVAL;
        }

        @Override
        protected boolean itemStarts(byte[] valueLine, int offset, int length) {
            int keyEnd = offset + length;
            if (hit || leased || !Arrays.equals(valueLine, offset, keyEnd, line, keyOffset, line.length)) {
                return false;
            }
            leased = ValueLine.isEmpty(valueLine, keyEnd) && RefillLease.is(ValueLine.flags(valueLine, keyEnd), 0);
            hit = !leased;
            passing = hit && begins();
            if (passing && givesIds(line)) {
                ByteBuf own = Unpooled.wrappedBuffer(ValueLine.withId(valueLine, keyEnd, reads.idsOf(server)));
                target.bytes(own, 0, own.readableBytes());
                own.release();
                replacedLineBytes = ValueLine.length(valueLine, keyEnd);
            }
            return true;
        }

        /** The first piece contains the whole line. */
        @Override
        protected void itemBytes(ByteBuf in, int index, int length, boolean last) {
            if (passing) {
                target.bytes(in, index + replacedLineBytes, length - replacedLineBytes);
                replacedLineBytes = 0;
            }
        }

        @Override
        protected void retrievalEnds() {
            if (hit) {
                found();
            } else {
                missed(leased);
            }
        }

        @Override
        protected void line(ByteBuf in, int index, int length, ReplyLine meaning) {
            if (passing) {
                failed(ServerFailure.BAD_ANSWER);
            } else {
                refused(() -> target.refused(in, index, length));
            }
        }
    }
}
