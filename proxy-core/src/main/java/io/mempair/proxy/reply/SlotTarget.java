package io.mempair.proxy.reply;

import io.mempair.proxy.backend.ServerFailure;
import io.mempair.proxy.metrics.LoopCounters;
import io.mempair.proxy.metrics.ProxyMeter;
import io.mempair.proxy.protocol.text.TextReplies;
import io.netty.buffer.ByteBuf;

/** The target of a single-key retrieval. */
public final class SlotTarget implements KeyTarget {

    private final ReplySlot slot;
    private final LoopCounters counters;
    private final boolean missesFailure;

    /** @param missesFailure  whether a failed read is answered as a miss */
    public SlotTarget(ReplySlot slot, LoopCounters counters, boolean missesFailure) {
        this.slot = slot;
        this.counters = counters;
        this.missesFailure = missesFailure;
    }

    @Override
    public void bytes(ByteBuf in, int index, int length) {
        slot.bytes(in, index, length);
    }

    @Override
    public void hit() {
        counters.count(ProxyMeter.KEYS_HIT);
        slot.completeWith(TextReplies.END);
    }

    @Override
    public void miss() {
        counters.count(ProxyMeter.KEYS_MISSED);
        slot.completeWith(TextReplies.END);
    }

    @Override
    public void refused(ByteBuf in, int index, int length) {
        counters.count(ProxyMeter.KEYS_FAILED);
        slot.completeWith(in, index, length);
    }

    @Override
    public void failed(ServerFailure failure) {
        counters.count(ProxyMeter.KEYS_FAILED);
        if (missesFailure) {
            counters.count(ProxyMeter.KEYS_MISSED_BY_FAILURE);
            slot.fail(TextReplies.END);
        } else {
            counters.count(ProxyMeter.SERVER_ERRORS);
            slot.fail(failure.reply());
        }
    }
}
