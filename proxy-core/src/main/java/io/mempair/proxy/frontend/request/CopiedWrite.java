package io.mempair.proxy.frontend.request;

import io.mempair.proxy.backend.ServerConnection;
import io.mempair.proxy.backend.ServerFailure;
import io.mempair.proxy.backend.ServerRequest;
import io.mempair.proxy.frontend.reply.ReplySlot;
import io.mempair.proxy.loop.ByteRanges;
import io.mempair.proxy.protocol.Command;
import io.mempair.proxy.protocol.text.ReplyLine;
import io.mempair.proxy.protocol.text.ReplyShape;
import io.mempair.proxy.protocol.text.TextReplies;
import io.mempair.proxy.protocol.text.TextRequest;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import org.jspecify.annotations.Nullable;

/**
 * A write to both copies of a key. A plain write goes to both at once. A conditional one (add, cas, incr, ...)
 * goes to the primary, which decides; the backup then follows with what makes it equal. The client hears, once
 * both have answered, what the primary said, or the backup if the primary gave no answer.
 *
 * <p>What is not here yet, and belongs to the promise of two copies: one order on both servers across event
 * loops, and what becomes of the copy that missed a write.
 */
final class CopiedWrite {

    private final TextRequest request;
    private final @Nullable ByteRanges data;
    private final ServerConnection primary;
    private final ServerConnection backup;
    private final ReplySlot slot;

    private int copiesInFlight;
    private byte @Nullable [] primaryAnswer;
    private byte @Nullable [] backupAnswer;
    private boolean deleted;
    private ServerFailure failure = ServerFailure.UNAVAILABLE;

    /**
     * @param request  a request of its own, not the parser's
     * @param data     the data block or null; owned from here on
     * @param primary  the key's server in the first tier
     * @param backup   and in the second
     * @param slot     who gets the answer
     */
    CopiedWrite(
            TextRequest request,
            @Nullable ByteRanges data,
            ServerConnection primary,
            ServerConnection backup,
            ReplySlot slot) {
        this.request = request;
        this.data = data;
        this.primary = primary;
        this.backup = backup;
        this.slot = slot;
    }

    /** Sends what can be sent now. */
    void send() {
        boolean primaryDecides = request.command().isConditional() && primary.usable();
        copiesInFlight++;
        if (primary.usable()) {
            sendTo(primary, true, request.command());
        }
        if (!primaryDecides && backup.usable()) {
            sendTo(backup, false, request.command());
        }
        copyEnded();
    }

    private void sendTo(ServerConnection server, boolean toPrimary, Command as) {
        ByteBuf out = server.output().append(request.lineBytes() + 16);
        if (as == request.command()) {
            request.appendLine(out);
        } else {
            request.appendLineAs(as, 4, out);
        }
        if (data != null) {
            data.copyTo(server.output());
        }
        copiesInFlight++;
        server.sent(new Copy(toPrimary, ReplyShape.of(as)));
    }

    private void answered(boolean byPrimary, byte[] line, ReplyLine meaning) {
        deleted |= meaning == ReplyLine.DELETED;
        if (!byPrimary) {
            backupAnswer = line;
            return;
        }
        primaryAnswer = line;
        boolean changed = meaning == ReplyLine.STORED || meaning == ReplyLine.NUMBER;
        if (request.command().isConditional() && changed && backup.usable()) {
            sendTo(backup, false, follower(request.command()));
        }
    }

    /** What makes the backup equal once the primary has decided. */
    private static Command follower(Command decided) {
        return switch (decided) {
            case ADD, REPLACE, CAS -> Command.SET;
            default -> decided;
        };
    }

    private void copyEnded() {
        if (--copiesInFlight > 0) {
            return;
        }
        if (data != null) {
            data.release();
        }
        if (deleted) {
            slot.completeWith(TextReplies.DELETED);
        } else if (primaryAnswer != null) {
            slot.completeWith(primaryAnswer);
        } else if (backupAnswer != null) {
            slot.completeWith(backupAnswer);
        } else {
            slot.fail(failure.reply());
        }
    }

    /** The request to one of the two servers. */
    private final class Copy extends ServerRequest {

        private final boolean toPrimary;
        private final ReplyShape shape;

        Copy(boolean toPrimary, ReplyShape shape) {
            this.toPrimary = toPrimary;
            this.shape = shape;
        }

        @Override
        protected ReplyShape shape() {
            return shape;
        }

        @Override
        protected void line(ByteBuf in, int index, int length, ReplyLine meaning) {
            answered(toPrimary, ByteBufUtil.getBytes(in, index, length), meaning);
            copyEnded();
        }

        @Override
        protected void failed(ServerFailure reason) {
            failure = reason;
            copyEnded();
        }
    }
}
