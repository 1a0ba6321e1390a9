package io.mempair.proxy.command;

import io.mempair.proxy.backend.ServerConnection;
import io.mempair.proxy.backend.ServerFailure;
import io.mempair.proxy.backend.ServerRequest;
import io.mempair.proxy.metrics.LoopCounters;
import io.mempair.proxy.metrics.ProxyMeter;
import io.mempair.proxy.metrics.TimedCommand;
import io.mempair.proxy.protocol.text.ReplyLine;
import io.mempair.proxy.protocol.text.ReplyShape;
import io.mempair.proxy.protocol.text.TextReplies;
import io.mempair.proxy.protocol.text.TextRequest;
import io.mempair.proxy.protocol.text.ValueLine;
import io.mempair.proxy.reply.ReplySlot;
import io.mempair.proxy.reply.SlotTarget;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.Arrays;
import java.util.function.LongUnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * A retrieval of one key with one copy. Forwards the reply as it arrives, after comparing its key with the requested
 * one. When it has ended it may {@link #begin} again, for the same client.
 */
final class GetRequest extends ServerRequest {

    /** Bytes; room for the line of a usual key. */
    private static final int USUAL_LINE_BYTES = 64;

    private final ReplySlot slot;
    private final LoopCounters counters;

    /** The request line without its end; it ends with the key. */
    private byte[] line = new byte[USUAL_LINE_BYTES];

    private int lineBytes;
    private int keyOffset;
    private boolean missesFailure;
    private boolean hit;

    /** Maps the server's cas ids to those that clients see; null if they are the same. */
    private @Nullable LongUnaryOperator ids;

    /** Bytes of the server's VALUE line still to skip, after a line with another id was forwarded. */
    private int replacedLineBytes;

    /**
     * @param command   what its latency counts as
     * @param slot      receives the reply
     * @param counters  of this loop
     */
    GetRequest(TimedCommand command, ReplySlot slot, LoopCounters counters) {
        super(command);
        this.slot = slot;
        this.counters = counters;
    }

    /**
     * Takes over what the client asks for.
     *
     * @param head              the line up to the key, without the space between
     * @param request           the request, which names one key
     * @param readsMissFailure  whether a failed read is answered as a miss
     * @param toldIds           maps the server's cas ids to those that clients see; null if they are the same
     */
    void begin(byte[] head, TextRequest request, boolean readsMissFailure, @Nullable LongUnaryOperator toldIds) {
        keyOffset = head.length + 1;
        lineBytes = keyOffset + request.keyLength();
        if (line.length < lineBytes) {
            line = new byte[lineBytes];
        }
        System.arraycopy(head, 0, line, 0, head.length);
        line[head.length] = ' ';
        System.arraycopy(request.bytes(), request.keyOffset(), line, keyOffset, request.keyLength());
        missesFailure = readsMissFailure;
        hit = false;
        ids = toldIds;
        replacedLineBytes = 0;
    }

    /**
     * Sends the request to the key's server.
     *
     * @param sent  this request, or one that stands for it
     */
    void send(ServerConnection server, ServerRequest sent) {
        if (!server.serves()) {
            failed(ServerFailure.UNAVAILABLE);
            return;
        }
        try {
            ByteBuf out = server.output().append(lineBytes + 2);
            out.writeBytes(line, 0, lineBytes);
            out.writeShort(TextReplies.LINE_END);
            server.sent(sent);
        } catch (RuntimeException | Error defect) {
            server.unsent(sent, defect);
        }
    }

    @Override
    protected ReplyShape shape() {
        return ReplyShape.RETRIEVAL;
    }

    @Override
    protected boolean itemStarts(byte[] valueLine, int offset, int length) {
        boolean asked = !hit && Arrays.equals(valueLine, offset, offset + length, line, keyOffset, lineBytes);
        hit = true;
        LongUnaryOperator told = ids;
        if (asked && told != null) {
            replaceId(valueLine, offset + length, told);
        }
        return asked;
    }

    private void replaceId(byte[] valueLine, int keyEnd, LongUnaryOperator told) {
        ByteBuf own = Unpooled.wrappedBuffer(ValueLine.withId(valueLine, keyEnd, told));
        slot.bytes(own, 0, own.readableBytes());
        own.release();
        replacedLineBytes = ValueLine.length(valueLine, keyEnd);
    }

    /** The first piece contains the whole line. */
    @Override
    protected void itemBytes(ByteBuf in, int index, int length, boolean last) {
        slot.bytes(in, index + replacedLineBytes, length - replacedLineBytes);
        replacedLineBytes = 0;
    }

    @Override
    protected void retrievalEnds() {
        counters.count(hit ? ProxyMeter.KEYS_HIT : ProxyMeter.KEYS_MISSED);
        slot.completeWith(TextReplies.END);
    }

    @Override
    protected void line(ByteBuf in, int index, int length, ReplyLine meaning) {
        counters.count(ProxyMeter.KEYS_FAILED);
        if (hit) {
            slot.fail(TextReplies.ERROR);
        } else {
            slot.completeWith(in, index, length);
        }
    }

    @Override
    protected void failed(ServerFailure failure) {
        new SlotTarget(slot, counters, missesFailure).failed(failure);
    }
}
