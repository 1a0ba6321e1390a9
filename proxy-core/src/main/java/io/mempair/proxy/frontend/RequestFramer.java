package io.mempair.proxy.frontend;

import io.mempair.proxy.config.ClientLimits;
import io.mempair.proxy.loop.LoopContext;
import io.mempair.proxy.metrics.ProxyMeter;
import io.mempair.proxy.protocol.Command;
import io.mempair.proxy.protocol.ProtocolLimits;
import io.mempair.proxy.protocol.text.TextReplies;
import io.mempair.proxy.protocol.text.TextRequest;
import io.mempair.proxy.protocol.text.TextRequestParser;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import org.jspecify.annotations.Nullable;

/**
 * Cuts the bytes of one client into requests and hands them to the dispatcher. Knows where in the stream it is:
 * before a line, inside a data block, or inside one that is refused. Confined to the client's loop.
 */
final class RequestFramer {

    /** What stands between the framer and the next request. */
    enum Need {
        /** A request was carried out. */
        NOTHING,
        /** The next request is not all there. */
        MORE_BYTES,
        /** The client may send, but we do not take: said by the caller, never by the framer. */
        MORE_ROOM,
        /** Nothing more is understood from this client. */
        TO_CLOSE
    }

    private final LoopContext loop;
    private final ClientLimits limits;
    private final TextRequestParser parser;
    private final CommandDispatcher dispatcher;
    private final ReplyQueue replies;
    private final ByteBufAllocator allocator;

    /** The storage command whose data block is arriving, or null. */
    private @Nullable TextRequest awaiting;

    private @Nullable DataBlock block;
    private long reservedBytes;
    private long swallowBytes;
    private int searchedBytes;
    private boolean ended;

    RequestFramer(LoopServices services, ReplyQueue replies, ByteBufAllocator allocator) {
        this.loop = services.loop();
        this.limits = services.limits();
        this.parser = services.parser();
        this.dispatcher = services.dispatcher();
        this.replies = replies;
        this.allocator = allocator;
    }

    /** Whether the client is to be closed once it has its answers. */
    boolean atEnd() {
        return ended;
    }

    /** Carries out the next request if {@code in} holds it whole; moves its reader index past what is used. */
    Need next(ByteBuf in) {
        if (ended) {
            return Need.TO_CLOSE;
        }
        if (!in.isReadable()) {
            return Need.MORE_BYTES;
        }
        if (swallowBytes > 0) {
            int length = (int) Math.min(swallowBytes, in.readableBytes());
            in.skipBytes(length);
            swallowBytes -= length;
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
            return Need.NOTHING;
        }
        if (request.command() == Command.QUIT) {
            return end();
        }
        if (request.command().kind() == Command.Kind.STORAGE) {
            return beginBlock(in, request);
        }
        dispatcher.execute(request, replies);
        return Need.NOTHING;
    }

    /** memcached closes a connection without a line end in 2,048 bytes, but reads a get of any length. */
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
        return in.getByte(i) == 'g'
                && in.getByte(i + 1) == 'e'
                && in.getByte(i + 2) == 't'
                && (in.getByte(i + 3) == ' ' || (in.getByte(i + 3) == 's' && in.getByte(i + 4) == ' '));
    }

    /** Takes nothing more from this client. */
    Need end() {
        ended = true;
        return Need.TO_CLOSE;
    }

    private Need beginBlock(ByteBuf in, TextRequest request) {
        int blockBytes = request.dataBytes() + 2;
        byte[] refusal = null;
        if (request.dataBytes() > limits.maxValueBytes()) {
            refusal = TextReplies.TOO_LARGE;
        } else if (in.readableBytes() < blockBytes) {
            if (loop.reserve(blockBytes, limits.maxBufferedBytes())) {
                reservedBytes = blockBytes;
            } else {
                refusal = TextReplies.OUT_OF_MEMORY;
            }
        }
        if (refusal != null) {
            swallowBytes = blockBytes;
            dispatcher.refuseValue(request, refusal, replies);
            return Need.NOTHING;
        }
        block = new DataBlock(blockBytes);
        awaiting = reservedBytes > 0 ? request.copy() : request;
        return continueBlock(in, awaiting);
    }

    private Need continueBlock(ByteBuf in, TextRequest request) {
        DataBlock current = block;
        if (current == null) {
            throw new AssertionError("a storage command without its block: " + request.command());
        }
        if (!current.takeFrom(in, allocator)) {
            return Need.MORE_BYTES;
        }
        block = null;
        awaiting = null;
        loop.unreserve(reservedBytes);
        reservedBytes = 0;
        if (current.whole().endsWithLineEnd()) {
            dispatcher.store(request, current.whole(), replies);
        } else {
            current.release();
            loop.counters().count(ProxyMeter.CLIENT_ERRORS);
            replies.answer(TextReplies.BAD_DATA_CHUNK, request.noreply());
        }
        return Need.NOTHING;
    }

    /** The client is gone: gives back what its unfinished request holds. */
    void close() {
        ended = true;
        if (block != null) {
            block.release();
            block = null;
        }
        loop.unreserve(reservedBytes);
        reservedBytes = 0;
    }
}
