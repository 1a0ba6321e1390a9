package io.mempair.proxy.frontend;

import io.mempair.proxy.command.CommandDispatcher;
import io.mempair.proxy.command.MetaDispatcher;
import io.mempair.proxy.loop.ByteRanges;
import io.mempair.proxy.loop.LoopContext;
import io.mempair.proxy.metrics.ProxyMeter;
import io.mempair.proxy.pool.ServingPlan;
import io.mempair.proxy.protocol.Command;
import io.mempair.proxy.protocol.DataRequest;
import io.mempair.proxy.protocol.ProtocolLimits;
import io.mempair.proxy.protocol.meta.MetaRequest;
import io.mempair.proxy.protocol.meta.MetaRequestParser;
import io.mempair.proxy.protocol.text.TextReplies;
import io.mempair.proxy.protocol.text.TextRequest;
import io.mempair.proxy.protocol.text.TextRequestParser;
import io.mempair.proxy.reply.ReplyQueue;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import org.jspecify.annotations.Nullable;

/**
 * Splits the input into text protocol lines and data blocks. Keeps its position: before a line, inside a data block, or
 * inside a refused one. Confined to the client's loop.
 */
final class TextFramer implements Framer {

    private final LoopContext loop;
    private final ServingPlan plan;
    private final TextRequestParser parser;
    private final CommandDispatcher dispatcher;
    private final MetaRequestParser metaParser;
    private final MetaDispatcher meta;
    private final ReplyQueue replies;
    private final ValueAdmission admission;

    /** The storage command whose data block is arriving, or null. */
    private @Nullable DataRequest awaiting;

    private int searchedBytes;
    private boolean ended;

    TextFramer(LoopServices services, ReplyQueue replies, ByteBufAllocator allocator) {
        this.loop = services.loop();
        this.plan = services.plan();
        this.parser = services.parser();
        this.dispatcher = services.dispatcher();
        this.metaParser = services.metaParser();
        this.meta = services.meta();
        this.replies = replies;
        this.admission = new ValueAdmission(loop, plan, allocator, replies.account());
    }

    @Override
    public boolean atEnd() {
        return ended;
    }

    @Override
    public Need next(ByteBuf in) {
        if (ended) {
            return Need.TO_CLOSE;
        }
        if (!in.isReadable()) {
            return Need.MORE_BYTES;
        }
        if (admission.swallowing()) {
            admission.swallowFrom(in);
            return Need.NOTHING;
        }
        if (awaiting != null) {
            return continueBlock(in, awaiting);
        }
        return nextLine(in);
    }

    private Need nextLine(ByteBuf in) {
        int start = in.readerIndex();
        int lineFeed = in.indexOf(start + searchedBytes, in.writerIndex(), (byte) '\n');
        if (lineFeed < 0) {
            searchedBytes = in.readableBytes();
            return tooLong(in) ? end() : Need.MORE_BYTES;
        }
        searchedBytes = 0;
        boolean carriageReturn = lineFeed > start && in.getByte(lineFeed - 1) == '\r';
        int length = lineFeed - start - (carriageReturn ? 1 : 0);
        byte[] error = parser.read(in, start, length);
        in.readerIndex(lineFeed + 1);
        TextRequest request = parser.request();
        if (error != null) {
            loop.counters().count(ProxyMeter.CLIENT_ERRORS);
            replies.answer(error, request.noreply());
            return error == TextReplies.REFUSED_LIST ? end() : Need.NOTHING;
        }
        if (request.command() == Command.QUIT) {
            return end();
        }
        if (plan.policy().refusedCommands().contains(request.command())) {
            return refuse(request);
        }
        return switch (request.command().kind()) {
            case STORAGE -> beginBlock(in, request);
            case META -> nextMeta(in, request);
            default -> dispatcher.execute(request, replies) ? Need.NOTHING : end();
        };
    }

    private Need nextMeta(ByteBuf in, TextRequest line) {
        byte[] error = metaParser.read(line.command(), line.bytes(), line.lineBytes());
        MetaRequest request = metaParser.request();
        if (error != null) {
            loop.counters().count(ProxyMeter.CLIENT_ERRORS);
            replies.answer(error, false);
            if (metaParser.swallows()) {
                admission.swallow(request.dataBytes() + 2L);
            }
            return Need.NOTHING;
        }
        if (request.command() == Command.MS) {
            return beginBlock(in, request);
        }
        meta.execute(request, replies);
        return Need.NOTHING;
    }

    /** Refuses a command that the operator does not allow, and skips its data block. */
    private Need refuse(TextRequest request) {
        loop.counters().count(ProxyMeter.CLIENT_ERRORS);
        if (request.command().kind() == Command.CommandKind.STORAGE) {
            admission.swallow(request.dataBytes() + 2L);
        } else if (request.command() == Command.MS) {
            byte[] error = metaParser.read(Command.MS, request.bytes(), request.lineBytes());
            if (error == null || metaParser.swallows()) {
                admission.swallow(metaParser.request().dataBytes() + 2L);
            }
        }
        replies.answer(TextReplies.notAllowed(request.command()), request.noreply());
        // its reader waits for the END of a list
        return request.command() == Command.STATS ? end() : Need.NOTHING;
    }

    /**
     * memcached closes a connection without a line end in 2,048 bytes, but reads a get of any length; and a gat, if it comes in
     * one piece.
     */
    private boolean tooLong(ByteBuf in) {
        if (in.readableBytes() <= ProtocolLimits.MAX_LINE_BYTES) {
            return false;
        }
        if (!beginsRetrieval(in)) {
            return true;
        }
        if (in.readableBytes() > ProtocolLimits.MAX_RETRIEVAL_LINE_BYTES) {
            replies.answer(TextReplies.LINE_TOO_LONG, false);
            return true;
        }
        return false;
    }

    private static boolean beginsRetrieval(ByteBuf in) {
        int i = in.readerIndex();
        int last = in.writerIndex() - 5;
        while (i < last && in.getByte(i) == ' ') {
            i++;
        }
        boolean plural = in.getByte(i + 3) == 's';
        return in.getByte(i) == 'g'
                && (in.getByte(i + 1) == 'e' || in.getByte(i + 1) == 'a')
                && in.getByte(i + 2) == 't'
                && in.getByte(plural ? i + 4 : i + 3) == ' ';
    }

    @Override
    public boolean isArriving() {
        return awaiting != null || admission.swallowing();
    }

    @Override
    public Need end() {
        ended = true;
        return Need.TO_CLOSE;
    }

    private Need beginBlock(ByteBuf in, DataRequest request) {
        int blockBytes = request.dataBytes() + 2;
        if (isWholeAndStoredAtOnce(in, request, blockBytes)) {
            dispatcher.storeAtOnce((TextRequest) request, in, replies);
            in.skipBytes(blockBytes);
            return Need.NOTHING;
        }
        byte[] refusal = null;
        if (plan.isTooLong(request.dataBytes())) {
            refusal = TextReplies.TOO_LARGE;
        } else if (!admission.begin(blockBytes, in.readableBytes())) {
            refusal = TextReplies.OUT_OF_MEMORY;
        }
        if (refusal != null) {
            admission.swallow(blockBytes);
            refuseValue(request, refusal);
            return Need.NOTHING;
        }
        awaiting = in.readableBytes() < blockBytes ? request.copy() : request;
        return continueBlock(in, awaiting);
    }

    /** The usual case: nothing is kept of the block, so that no object is needed for it. */
    private boolean isWholeAndStoredAtOnce(ByteBuf in, DataRequest request, int blockBytes) {
        int end = in.readerIndex() + blockBytes;
        return request instanceof TextRequest
                && in.readableBytes() >= blockBytes
                && dispatcher.storesAtOnce()
                && !plan.isTooLong(request.dataBytes())
                && in.getShort(end - 2) == TextReplies.LINE_END;
    }

    private void refuseValue(DataRequest request, byte[] refusal) {
        if (request instanceof TextRequest text) {
            dispatcher.refuseValue(text, refusal, replies);
        } else if (request instanceof MetaRequest ms) {
            meta.refuseValue(ms, refusal, replies);
        }
    }

    private void store(DataRequest request, ByteRanges data) {
        try {
            if (request instanceof TextRequest text) {
                dispatcher.store(text, data, replies);
            } else if (request instanceof MetaRequest ms) {
                meta.store(ms, data, replies);
            }
        } catch (RuntimeException | Error defect) {
            data.release();
            throw defect;
        }
    }

    private Need continueBlock(ByteBuf in, DataRequest request) {
        ByteRanges data = admission.takeFrom(in);
        if (data == null) {
            return Need.MORE_BYTES;
        }
        awaiting = null;
        if (data.endsWithLineEnd()) {
            store(request, data);
        } else {
            data.release();
            loop.counters().count(ProxyMeter.CLIENT_ERRORS);
            replies.answer(request.badDataReply(), request.noreply());
        }
        return Need.NOTHING;
    }

    @Override
    public long arrivedBytes() {
        return admission.arrivedBytes();
    }

    @Override
    public void appendUnfinished(ByteBuf out) {
        DataRequest request = awaiting;
        if (request != null) {
            request.appendReceived(out);
            admission.copyTo(out);
        }
    }

    @Override
    public long swallowBytes() {
        return admission.swallowBytes();
    }

    @Override
    public void swallow(long bytes) {
        admission.swallow(bytes);
    }

    @Override
    public void close() {
        ended = true;
        admission.close();
    }
}
