package io.mempair.proxy.frontend.request;

import io.mempair.proxy.backend.ServerConnection;
import io.mempair.proxy.backend.ServerFailure;
import io.mempair.proxy.backend.ServerRequest;
import io.mempair.proxy.loop.ByteRanges;
import io.mempair.proxy.protocol.text.ReplyLine;
import io.mempair.proxy.protocol.text.ReplyShape;
import io.mempair.proxy.replication.WriteOrder;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import org.jspecify.annotations.Nullable;

/**
 * A write to both copies of a key. A plain write goes to both at once. A conditional one (add, cas, incr, ...)
 * goes to the primary, which decides; the backup then follows with what makes it equal. The client hears, once
 * both have answered, what the primary said, or the backup if the primary gave no answer.
 *
 * <p>While the primary decides a write of a key, later writes of it take the same way, plain ones too: see {@link WriteOrder}.
 *
 * <p>What is not here yet, and belongs to the promise of two copies: one order on both servers across event
 * loops, and what becomes of the copy that missed a write.
 */
final class CopiedWrite {

    private final Copies copies;
    private final @Nullable ByteRanges data;
    private final ServerConnection primary;
    private final ServerConnection backup;
    private final WriteOrder order;
    private final WriteOrder.Key key;
    private final WriteOrder.Flush flush;

    /** Whether the backup is told once the primary has answered. */
    private boolean primaryFirst;

    private int copiesInFlight;
    private byte @Nullable [] answer;
    private ReplyLine answerMeaning = ReplyLine.UNKNOWN;
    private boolean settled;
    private ServerFailure failure = ServerFailure.UNAVAILABLE;

    /**
     * @param copies   what to send and whom to answer
     * @param data     the data block or null; owned from here on
     * @param primary  the key's server in the first tier
     * @param backup   and in the second
     * @param order    of the loop's writes
     */
    CopiedWrite(
            Copies copies,
            @Nullable ByteRanges data,
            ServerConnection primary,
            ServerConnection backup,
            WriteOrder order) {
        this.copies = copies;
        this.data = data;
        this.primary = primary;
        this.backup = backup;
        this.order = order;
        this.key = copies.key();
        this.flush = order.latestFlush();
    }

    /** Sends what can be sent now. */
    void send() {
        primaryFirst = primary.usable() && (copies.primaryDecides() || order.primaryFirst(key));
        if (primaryFirst) {
            order.begin(key);
        }
        copiesInFlight++;
        if (primary.usable()) {
            sendTo(primary, true, false);
        }
        if (!primaryFirst && backup.usable()) {
            sendTo(backup, false, false);
        }
        copyEnded();
    }

    private void sendTo(ServerConnection server, boolean toPrimary, boolean following) {
        copies.appendLine(server.output().append(copies.lineBytes()), following);
        if (data != null && copies.carriesData(following)) {
            data.copyTo(server.output());
        }
        copiesInFlight++;
        server.sent(new Copy(toPrimary, copies.shape(following)));
    }

    private void answered(boolean byPrimary, byte[] line, ReplyLine meaning) {
        boolean settles = copies.settles(meaning);
        if (prevails(byPrimary, settles)) {
            answer = line;
            answerMeaning = meaning;
            settled = settles;
        }
        if (byPrimary && primaryFirst) {
            boolean follows = copies.primaryDecides();
            tellBackup(!follows || copies.changed(meaning), follows);
        }
    }

    /** The primary has spoken, or will not: now the backup's turn has come. */
    private void tellBackup(boolean needed, boolean following) {
        copiesInFlight++;
        flush.whenTold(() -> {
            if (needed && backup.usable()) {
                sendTo(backup, false, following);
            }
            order.end(key);
            copyEnded();
        });
    }

    /** A write nobody has to decide is as good on the backup alone; one whose fate is unknown is not repeated. */
    private void primaryFailed() {
        if (primaryFirst) {
            tellBackup(!copies.primaryDecides(), false);
        }
    }

    /** The primary's answer counts before the backup's, and one that settles the matter before one that does not. */
    private boolean prevails(boolean byPrimary, boolean settles) {
        return settles == settled ? byPrimary || answer == null : settles;
    }

    private void copyEnded() {
        if (--copiesInFlight > 0) {
            return;
        }
        if (data != null) {
            data.release();
        }
        if (answer != null) {
            copies.answer(answer, answerMeaning);
        } else {
            copies.failed(failure);
        }
    }

    /** The request to one of the two servers. */
    private final class Copy extends ServerRequest {

        private final boolean toPrimary;
        private final ReplyShape shape;
        private final ByteBuf value = Unpooled.buffer(0);

        Copy(boolean toPrimary, ReplyShape shape) {
            this.toPrimary = toPrimary;
            this.shape = shape;
        }

        @Override
        protected ReplyShape shape() {
            return shape;
        }

        @Override
        protected boolean itemStarts(byte[] line, int offset, int length) {
            return true;
        }

        /** Only a counter is answered as a value, so keeping it costs little. */
        @Override
        protected void itemBytes(ByteBuf in, int index, int length, boolean last) {
            value.writeBytes(in, index, length);
        }

        @Override
        protected void retrievalEnds() {
            answered(toPrimary, ByteBufUtil.getBytes(value), ReplyLine.HD);
            copyEnded();
        }

        @Override
        protected void line(ByteBuf in, int index, int length, ReplyLine meaning) {
            answered(toPrimary, ByteBufUtil.getBytes(in, index, length), meaning);
            copyEnded();
        }

        @Override
        protected void failed(ServerFailure reason) {
            failure = reason;
            if (toPrimary) {
                primaryFailed();
            }
            copyEnded();
        }
    }
}
