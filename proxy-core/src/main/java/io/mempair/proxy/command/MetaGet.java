package io.mempair.proxy.command;

import io.mempair.proxy.backend.ServerConnection;
import io.mempair.proxy.backend.ServerFailure;
import io.mempair.proxy.backend.ServerRequest;
import io.mempair.proxy.metrics.LoopCounters;
import io.mempair.proxy.metrics.ProxyMeter;
import io.mempair.proxy.metrics.TimedCommand;
import io.mempair.proxy.protocol.Command;
import io.mempair.proxy.protocol.meta.MetaRequest;
import io.mempair.proxy.protocol.meta.MetaRequestEncoder;
import io.mempair.proxy.protocol.text.ReplyLine;
import io.mempair.proxy.protocol.text.ReplyShape;
import io.mempair.proxy.reply.MetaAnswer;
import io.netty.buffer.ByteBuf;

/** {@code mg} or {@code me} of a key with one copy. */
final class MetaGet extends ServerRequest {

    private final MetaAnswer answer;
    private final LoopCounters counters;

    MetaGet(Command command, MetaAnswer answer, LoopCounters counters) {
        super(TimedCommand.of(command));
        this.answer = answer;
        this.counters = counters;
    }

    /**
     * Sends the request to the key's server.
     *
     * @param sent  this request, or one that stands for it
     */
    void send(MetaRequest request, ServerConnection server, ServerRequest sent) {
        if (!server.serves()) {
            failed(ServerFailure.UNAVAILABLE);
        } else if (server.speaksMeta()) {
            try {
                MetaRequestEncoder.appendLine(request, server.output().append(request.lineBytes()));
                server.sent(sent);
            } catch (RuntimeException | Error defect) {
                server.unsent(sent, defect);
            }
        } else {
            counters.count(ProxyMeter.KEYS_FAILED);
            answer.failed(ServerFailure.NO_META);
        }
    }

    @Override
    protected ReplyShape shape() {
        return ReplyShape.META;
    }

    @Override
    protected boolean itemStarts(byte[] line, int offset, int length) {
        return answer.valueStarts(line, length);
    }

    @Override
    protected void itemBytes(ByteBuf in, int index, int length, boolean last) {
        answer.valueBytes(in, index, length, last);
    }

    @Override
    protected void retrievalEnds() {
        counters.count(ProxyMeter.KEYS_HIT);
    }

    @Override
    protected void line(ByteBuf in, int index, int length, ReplyLine meaning) {
        counters.count(
                switch (meaning) {
                    case HD, ME -> ProxyMeter.KEYS_HIT;
                    case EN -> ProxyMeter.KEYS_MISSED;
                    default -> ProxyMeter.KEYS_FAILED;
                });
        answer.line(in, index, length, meaning);
    }

    @Override
    protected void failed(ServerFailure failure) {
        counters.count(ProxyMeter.KEYS_FAILED);
        counters.count(ProxyMeter.SERVER_ERRORS);
        answer.failed(failure);
    }
}
