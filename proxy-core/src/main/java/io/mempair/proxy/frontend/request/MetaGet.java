package io.mempair.proxy.frontend.request;

import io.mempair.proxy.backend.ServerConnection;
import io.mempair.proxy.backend.ServerFailure;
import io.mempair.proxy.backend.ServerRequest;
import io.mempair.proxy.metrics.LoopCounters;
import io.mempair.proxy.metrics.ProxyMeter;
import io.mempair.proxy.pool.Tier;
import io.mempair.proxy.protocol.meta.MetaRequest;
import io.mempair.proxy.protocol.text.ReplyLine;
import io.mempair.proxy.protocol.text.ReplyShape;
import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/** {@code mg} or {@code me}: asks the primary, and the backup if that gives no answer at all. */
final class MetaGet extends ServerRequest {

    private final MetaAnswer answer;
    private final LoopCounters counters;

    /** What to ask the backup and where, or null when there is nowhere else to turn. */
    private @Nullable MetaRequest again;

    private @Nullable Tier backups;
    private boolean begun;

    MetaGet(MetaAnswer answer, LoopCounters counters) {
        this.answer = answer;
        this.counters = counters;
    }

    /** Sends the request to the key's server in the first tier, or if that is down, in the second. */
    void send(MetaRequest request, Tier primaries, @Nullable Tier secondTier) {
        ServerConnection primary = primaries.ownerOf(request.keyBytes(), request.keyOffset(), request.keyLength());
        if (secondTier != null) {
            again = request.copy();
            backups = secondTier;
        }
        if (primary.usable()) {
            sendTo(primary, request);
        } else {
            failed(ServerFailure.UNAVAILABLE);
        }
    }

    private void sendTo(ServerConnection server, MetaRequest request) {
        if (server.speaksMeta()) {
            request.appendLine(server.output().append(request.lineBytes()));
            server.sent(this);
        } else {
            again = null;
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
        begun = answer.valueStarts(line, length);
        return begun;
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

    /** Reading again is harmless, so a lost answer is asked for at the backup, unless a part was passed on. */
    @Override
    protected void failed(ServerFailure failure) {
        MetaRequest request = again;
        again = null;
        if (request != null && backups != null && !begun) {
            ServerConnection backup = backups.ownerOf(request.keyBytes(), request.keyOffset(), request.keyLength());
            if (backup.usable()) {
                counters.count(ProxyMeter.READS_FROM_BACKUP);
                sendTo(backup, request);
                return;
            }
        }
        counters.count(ProxyMeter.KEYS_FAILED);
        counters.count(ProxyMeter.SERVER_ERRORS);
        answer.failed(failure);
    }
}
