package io.mempair.proxy.reply;

import io.mempair.proxy.backend.ServerFailure;
import io.mempair.proxy.config.ClientPolicy;
import io.mempair.proxy.metrics.LoopCounters;
import io.mempair.proxy.metrics.ProxyMeter;
import io.mempair.proxy.protocol.Command;
import io.mempair.proxy.protocol.meta.MetaRequest;
import io.mempair.proxy.protocol.meta.MetaRequestEncoder;
import io.mempair.proxy.protocol.text.ReplyLine;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;

/**
 * Answers a failed read with a miss, if the operator has configured that ({@code failed-read: miss}). Not for
 * {@code mg} with {@code N}, which creates an item: its miss would promise one. The caller keeps ownership of buffers.
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

    /** Wraps {@code answer}; returns it unchanged where a failure stays an error. */
    public static MetaAnswer of(MetaRequest request, MetaAnswer answer, ClientPolicy policy, LoopCounters counters) {
        boolean misses = policy.missesFailedReads() && request.command() == Command.MG && !request.has('N');
        return misses ? new MissOnFailure(answer, MetaRequestEncoder.missLine(request), counters) : answer;
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

    /** A server without meta commands has not failed, and will not recover: the error stays. */
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
