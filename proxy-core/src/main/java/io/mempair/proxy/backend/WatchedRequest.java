package io.mempair.proxy.backend;

import io.mempair.proxy.protocol.Stat;
import io.mempair.proxy.protocol.text.ReplyLine;
import io.mempair.proxy.protocol.text.ReplyShape;
import io.netty.buffer.ByteBuf;

/** A request whose end somebody learns of, before whoever sent it. Confined to the loop. */
public final class WatchedRequest extends ServerRequest {

    /** Learns of the end. */
    public interface EndListener {
        /**
         * The request has ended.
         *
         * @param answered  whether the server has answered; if not, it may still carry the request out
         */
        void ended(boolean answered);
    }

    private final ServerRequest request;
    private final EndListener listener;
    private boolean told;

    public WatchedRequest(ServerRequest request, EndListener listener) {
        super(request);
        this.request = request;
        this.listener = listener;
    }

    /** Once: if the request throws at its end, {@link #failed} follows. */
    private void tell(boolean answered) {
        if (!told) {
            told = true;
            listener.ended(answered);
        }
    }

    @Override
    protected boolean isFenced() {
        return request.isFenced();
    }

    @Override
    protected ReplyShape shape() {
        return request.shape();
    }

    @Override
    protected boolean itemStarts(byte[] line, int keyOffset, int keyLength) {
        return request.itemStarts(line, keyOffset, keyLength);
    }

    /** A value that is passed on as it arrives shows that the request was carried out. */
    @Override
    protected void itemBytes(ByteBuf in, int index, int length, boolean last) {
        request.itemBytes(in, index, length, last);
    }

    @Override
    protected void retrievalEnds() {
        tell(true);
        request.retrievalEnds();
    }

    @Override
    protected boolean stat(Stat stat) {
        return request.stat(stat);
    }

    @Override
    protected void line(ByteBuf in, int index, int length, ReplyLine meaning) {
        tell(true);
        request.line(in, index, length, meaning);
    }

    @Override
    protected void failed(ServerFailure failure) {
        tell(false);
        request.failed(failure);
    }
}
