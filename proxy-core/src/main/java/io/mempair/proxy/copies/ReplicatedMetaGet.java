package io.mempair.proxy.copies;

import io.mempair.proxy.backend.ServerConnection;
import io.mempair.proxy.backend.ServerFailure;
import io.mempair.proxy.loop.ByteRanges;
import io.mempair.proxy.loop.OutputBatch;
import io.mempair.proxy.metrics.ProxyMeter;
import io.mempair.proxy.metrics.TimedCommand;
import io.mempair.proxy.protocol.Command;
import io.mempair.proxy.protocol.binary.AnswerFlags;
import io.mempair.proxy.protocol.meta.MetaAnswerLine;
import io.mempair.proxy.protocol.meta.MetaRequest;
import io.mempair.proxy.protocol.meta.MetaRequestEncoder;
import io.mempair.proxy.protocol.text.ReplyLine;
import io.mempair.proxy.protocol.text.ReplyShape;
import io.mempair.proxy.protocol.text.TextReplies;
import io.mempair.proxy.replication.Key;
import io.mempair.proxy.replication.RefillLease;
import io.mempair.proxy.reply.MetaAnswer;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;

/**
 * {@code mg} or {@code me} of a key with two copies. The proxy adds the flags that distinguish an item from a refill
 * mark, and removes them from the reply again.
 */
public final class ReplicatedMetaGet extends ReplicatedRead {

    private static final byte[] MISS = TextReplies.line("EN");

    private final MetaRequest request;
    private final MetaAnswer answer;
    private final String flagsToTell;

    /** The client's reply to a miss: the reply of the first server that missed. */
    private byte[] miss = MISS;

    /** End of the reply, held back until the other copy has the new lifetime: a line, or the last piece of a value. */
    private final ByteRanges last = new ByteRanges();

    private ReplyLine lineMeaning = ReplyLine.UNKNOWN;

    /** @param request  a private copy, not the parser's instance */
    public ReplicatedMetaGet(
            ReplicatedReadContext reads,
            ServerConnection primary,
            ServerConnection backup,
            MetaRequest request,
            MetaAnswer answer) {
        super(reads, primary, backup);
        this.request = request;
        this.answer = answer;
        this.flagsToTell = request.flagsToTell();
    }

    /** Sends the read, after the writes of the key that are ahead of it. */
    public void start() {
        start(request.keyBytes(), request.keyOffset(), request.keyLength());
    }

    @Override
    Key key() {
        return Key.of(request.keyBytes(), request.keyOffset(), request.keyLength());
    }

    @Override
    TimedCommand command() {
        return TimedCommand.of(request.command());
    }

    @Override
    boolean touches() {
        return request.command() == Command.MG && request.has('T');
    }

    @Override
    boolean makesItems() {
        return request.command() == Command.MG && request.has('N');
    }

    @Override
    ReadAttempt attemptAt(ServerConnection server) {
        return new MetaGetReply(server);
    }

    @Override
    void append(OutputBatch output) {
        MetaRequestEncoder.appendLineWith(
                request, flagsToTell, output.append(request.lineBytes() + 2 * flagsToTell.length()));
    }

    @Override
    void appendTouch(OutputBatch output) {
        MetaRequestEncoder.appendTouch(request, output.append(request.lineBytes()));
    }

    @Override
    ReplyShape touchShape() {
        return ReplyShape.META;
    }

    @Override
    void answerHit() {
        reads.counters().count(ProxyMeter.KEYS_HIT);
        last.copyTo((in, index, length) -> {
            if (lineMeaning == ReplyLine.UNKNOWN) {
                answer.valueBytes(in, index, length, true);
            } else {
                answer.line(in, index, length, lineMeaning);
            }
        });
        last.release();
    }

    @Override
    void answerMiss() {
        reads.counters().count(ProxyMeter.KEYS_MISSED);
        ByteBuf in = Unpooled.wrappedBuffer(miss);
        answer.line(in, 0, miss.length, ReplyLine.EN);
        in.release();
    }

    @Override
    void answerFailure(ServerFailure failure) {
        reads.counters().count(ProxyMeter.KEYS_FAILED);
        reads.counters().count(ProxyMeter.SERVER_ERRORS);
        last.release();
        answer.failed(failure);
    }

    private final class MetaGetReply extends ReadAttempt {

        private boolean passing;
        private boolean leased;

        /** Bytes of the server's VA line still to skip, after a modified line was forwarded. */
        private int replacedLineBytes;

        MetaGetReply(ServerConnection server) {
            super(ReplicatedMetaGet.this, server);
        }

        @Override
        protected ReplyShape shape() {
            return ReplyShape.META;
        }

        @Override
        protected boolean itemStarts(byte[] line, int offset, int length) {
            AnswerFlags flags = new AnswerFlags(line, length - 2);
            leased = isMark(flags, flags.valueBytes());
            if (leased) {
                miss = MetaAnswerLine.missInsteadOf(line, length);
                return true;
            }
            passing = begins();
            if (!passing) {
                return true;
            }
            byte[] own = forClient(line, length);
            passing = answer.valueStarts(own, own.length);
            if (!passing) {
                beginsNot();
                return false;
            }
            ByteBuf in = Unpooled.wrappedBuffer(own);
            answer.valueBytes(in, 0, own.length, false);
            in.release();
            replacedLineBytes = length;
            return true;
        }

        private boolean isMark(AnswerFlags flags, long valueBytes) {
            return request.command() == Command.MG && RefillLease.is(flags.number('f'), valueBytes);
        }

        private byte[] forClient(byte[] line, int length) {
            if (request.command() == Command.ME) {
                return MetaAnswerLine.withIdOfDebug(line, length, reads.idsOf(server));
            }
            byte[] own = MetaAnswerLine.without(flagsToTell, line, length);
            return request.has('c')
                    ? MetaAnswerLine.withId(own, own.length, request.asksForKeyFirst(), reads.idsOf(server))
                    : own;
        }

        /** The first piece contains the whole line. */
        @Override
        protected void itemBytes(ByteBuf in, int index, int length, boolean isLast) {
            if (!passing) {
                return;
            }
            int from = index + replacedLineBytes;
            int bytes = length - replacedLineBytes;
            replacedLineBytes = 0;
            if (isLast) {
                last.add(in, from, bytes);
            } else {
                answer.valueBytes(in, from, bytes, false);
            }
        }

        @Override
        protected void retrievalEnds() {
            if (leased) {
                missed(true);
            } else {
                found();
            }
        }

        @Override
        protected void line(ByteBuf in, int index, int length, ReplyLine meaning) {
            byte[] line = ByteBufUtil.getBytes(in, index, length);
            switch (meaning) {
                case HD -> done(line);
                case ME -> answered(line, meaning);
                case EN -> {
                    miss = line;
                    missed(false);
                }
                default ->
                    refused(() -> {
                        reads.counters().count(ProxyMeter.KEYS_FAILED);
                        answer.line(in, index, length, meaning);
                    });
            }
        }

        private void done(byte[] line) {
            AnswerFlags flags = new AnswerFlags(line, line.length - 2);
            boolean sized = request.has('s') || flagsToTell.indexOf('s') >= 0;
            if (sized && isMark(flags, flags.number('s'))) {
                miss = MetaAnswerLine.missInsteadOf(line, line.length);
                missed(true);
            } else {
                answered(line, ReplyLine.HD);
            }
        }

        private void answered(byte[] line, ReplyLine meaning) {
            if (begins()) {
                byte[] own = forClient(line, line.length);
                ByteBuf in = Unpooled.wrappedBuffer(own);
                last.add(in, 0, own.length);
                in.release();
                lineMeaning = meaning;
            }
            found();
        }
    }
}
