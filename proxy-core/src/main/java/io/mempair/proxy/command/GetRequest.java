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
import io.mempair.proxy.reply.ReplySlot;
import io.mempair.proxy.reply.SlotTarget;
import io.netty.buffer.ByteBuf;
import java.util.Arrays;

/**
 * A retrieval of one key with one copy. Forwards the reply as it arrives, after comparing its key with the requested
 * one.
 */
final class GetRequest extends ServerRequest {

    private final byte[] line;
    private final int keyOffset;
    private final ReplySlot slot;
    private final LoopCounters counters;
    private final boolean missesFailure;
    private boolean hit;

    /**
     * @param line           the request line without its end; it ends with the key
     * @param keyOffset      offset of the key in the line
     * @param slot           receives the reply
     * @param counters   of this loop
     * @param missesFailure  whether a failed read is answered as a miss
     */
    GetRequest(byte[] line, int keyOffset, ReplySlot slot, LoopCounters counters, boolean missesFailure) {
        super(TimedCommand.ofRetrieval(line));
        this.line = line;
        this.keyOffset = keyOffset;
        this.slot = slot;
        this.counters = counters;
        this.missesFailure = missesFailure;
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
            ByteBuf out = server.output().append(line.length + 2);
            out.writeBytes(line);
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
        boolean asked = !hit && Arrays.equals(valueLine, offset, offset + length, line, keyOffset, line.length);
        hit = true;
        return asked;
    }

    @Override
    protected void itemBytes(ByteBuf in, int index, int length, boolean last) {
        slot.bytes(in, index, length);
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
