package io.mempair.proxy.reply;

import io.mempair.proxy.backend.ServerFailure;
import io.mempair.proxy.config.ClientPolicy;
import io.mempair.proxy.metrics.LoopCounters;
import io.mempair.proxy.metrics.ProxyMeter;
import io.mempair.proxy.protocol.Command;
import io.mempair.proxy.protocol.meta.MetaRequest;
import io.mempair.proxy.protocol.text.ReplyLine;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;

/**
 * Tells a read as a miss whose servers gave no answer, as the operator wants it ({@code failed-read: miss}). What also makes an
 * item ({@code mg} with {@code N}) is no read alone: its miss would promise an item. Buffers stay the caller's.
 */
public final class MissOnFailure implements MetaAnswer {

    private final MetaAnswer answer;
    private final byte[] miss;
    private final LoopCounters counters;
    private boolean begun;

    private MissOnFailure(MetaAnswer answer, byte[] miss, LoopCounters counters) {
        this.answer = answer;
        this.miss = miss;
        this.counters = counters;
    }

    /** {@code answer} itself where a failure is told as one. */
    public static MetaAnswer of(MetaRequest request, MetaAnswer answer, ClientPolicy policy, LoopCounters counters) {
        boolean misses = policy.missesFailedReads() && request.command() == Command.MG && !request.has('N');
        return misses ? new MissOnFailure(answer, request.missLine(), counters) : answer;
    }

    @Override
    public boolean valueStarts(byte[] line, int length) {
        boolean asked = answer.valueStarts(line, length);
        begun |= asked;
        return asked;
    }

    @Override
    public void valueBytes(ByteBuf in, int index, int length, boolean last) {
        answer.valueBytes(in, index, length, last);
    }

    @Override
    public void line(ByteBuf in, int index, int length, ReplyLine meaning) {
        answer.line(in, index, length, meaning);
    }

    /** That a server does not know the meta commands is no failure of a server, and lasts. */
    @Override
    public void failed(ServerFailure failure) {
        if (begun || failure == ServerFailure.NO_META) {
            answer.failed(failure);
            return;
        }
        counters.count(ProxyMeter.KEYS_MISSED_BY_FAILURE);
        ByteBuf in = Unpooled.wrappedBuffer(miss);
        answer.line(in, 0, miss.length, ReplyLine.EN);
        in.release();
    }
}
