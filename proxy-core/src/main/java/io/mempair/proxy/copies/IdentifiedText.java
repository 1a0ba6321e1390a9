package io.mempair.proxy.copies;

import io.mempair.proxy.backend.ServerFailure;
import io.mempair.proxy.loop.LoopContext;
import io.mempair.proxy.metrics.TimedCommand;
import io.mempair.proxy.protocol.Command;
import io.mempair.proxy.protocol.meta.MetaRequestEncoder;
import io.mempair.proxy.protocol.text.ReplyLine;
import io.mempair.proxy.protocol.text.ReplyShape;
import io.mempair.proxy.protocol.text.TextReplies;
import io.mempair.proxy.protocol.text.TextRequest;
import io.mempair.proxy.replication.CasTag;
import io.mempair.proxy.replication.Key;
import io.mempair.proxy.reply.ReplySlot;
import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;

/**
 * A classic storage command that gives both copies the same cas id. Only {@code ms} can set an id, so the command is
 * sent as {@code ms} and its reply is translated back. Error lines are the same in both protocols.
 */
final class IdentifiedText implements ReplicatedCommand {

    /** Bytes an {@code ms} line may exceed the classic one by: a mode, two ids of 20 digits, the flag letters. */
    private static final int SLACK_BYTES = 64;

    /** Upper bound, in bytes, of an item's overhead besides key and value in any memcached version. */
    private static final int ITEM_HEAD_BYTES = 256;

    private final ReplicatedTextCommand classic;
    private final TextRequest request;
    private final ReplySlot slot;
    private final long id;

    /**
     * @param classic  the same write without an id
     * @param id       cas id for both copies
     */
    IdentifiedText(ReplicatedTextCommand classic, TextRequest request, ReplySlot slot, long id) {
        this.classic = classic;
        this.request = request;
        this.slot = slot;
        this.id = id;
    }

    /**
     * Whether {@code ms} does exactly what the request does. {@code ms} accepts lifetimes of 32 bits only. An
     * {@code ms} too large for the server deletes the old value in every mode; of the classic commands only {@code set}
     * does.
     */
    static boolean canCarry(TextRequest request, int longestItemBytes) {
        long exptime = request.exptime();
        boolean fits = (long) request.dataBytes() + request.keyLength() + ITEM_HEAD_BYTES <= longestItemBytes;
        return exptime == (int) exptime && (fits || request.command() == Command.SET);
    }

    @Override
    public Key key() {
        return classic.key();
    }

    @Override
    public boolean isConditional() {
        return classic.isConditional();
    }

    @Override
    public boolean isDeletion() {
        return false;
    }

    @Override
    public WriteEffect effect(ReplyLine meaning) {
        return meaning == ReplyLine.HD ? WriteEffect.CHANGED : WriteEffect.REFUSED;
    }

    @Override
    public FollowingCommand follower() {
        return new IdentifiedFollower(this);
    }

    @Override
    public CopyCommand deletion() {
        return classic.deletion();
    }

    @Override
    public ReplicatedCommand identified(LoopContext loop, int longestItemBytes) {
        return this;
    }

    @Override
    public ReplyShape shape() {
        return ReplyShape.META_STORED;
    }

    @Override
    public TimedCommand timedAs() {
        return TimedCommand.SET;
    }

    @Override
    public boolean carriesData() {
        return true;
    }

    @Override
    public int lineBytes() {
        return request.lineBytes() + SLACK_BYTES;
    }

    @Override
    public void appendLine(ByteBuf out, int tag) {
        appendLine(out, condition(tag));
    }

    /** @param condition  flags that say when the value is stored, and how; empty for a plain set */
    private void appendLine(ByteBuf out, String condition) {
        out.writeByte('m').writeByte('s').writeByte(' ');
        out.writeBytes(request.bytes(), request.keyOffset(), request.keyLength());
        StringBuilder line = new StringBuilder(SLACK_BYTES).append(' ').append(request.dataBytes());
        if (!concatenates()) {
            line.append(" F").append(request.flags()).append(" T").append(request.exptime());
        }
        line.append(condition);
        out.writeCharSequence(line, StandardCharsets.US_ASCII);
        out.writeShort(TextReplies.LINE_END);
        MetaRequestEncoder.appendId(id, out);
    }

    private boolean concatenates() {
        return request.command() == Command.APPEND || request.command() == Command.PREPEND;
    }

    private String condition(int tag) {
        return switch (request.command()) {
            case SET -> "";
            case ADD -> " ME";
            case REPLACE -> " MR";
            case APPEND -> " MA";
            case PREPEND -> " MP";
            case CAS -> " C" + Long.toUnsignedString(CasTag.forServer(tag, request.expectedId()));
            default -> throw new AssertionError("not a storage command: " + request.command());
        };
    }

    /** A set of the same value, or the same concatenation; both with the id of the write. */
    private record IdentifiedFollower(IdentifiedText write) implements FollowingCommand {

        @Override
        public ReplyShape shape() {
            return write.shape();
        }

        @Override
        public TimedCommand timedAs() {
            return write.timedAs();
        }

        @Override
        public boolean carriesData() {
            return true;
        }

        @Override
        public int lineBytes() {
            return write.lineBytes();
        }

        @Override
        public void appendLine(ByteBuf out, int tag) {
            write.appendLine(out, write.concatenates() ? write.condition(tag) : "");
        }

        @Override
        public boolean agrees(byte[] decided, byte[] followed, ReplyLine meaning) {
            return meaning == ReplyLine.HD;
        }
    }

    @Override
    public void answer(byte[] reply, ReplyLine meaning, int tag) {
        slot.completeWith(
                switch (meaning) {
                    case HD -> TextReplies.STORED;
                    case NS -> TextReplies.NOT_STORED;
                    case EX -> TextReplies.EXISTS;
                    case NF -> TextReplies.NOT_FOUND;
                    default -> reply;
                });
    }

    @Override
    public void failed(ServerFailure failure) {
        classic.failed(failure);
    }
}
