package io.mempair.proxy.frontend.request;

import io.mempair.proxy.backend.ServerConnection;
import io.mempair.proxy.backend.ServerFailure;
import io.mempair.proxy.backend.ServerRequest;
import io.mempair.proxy.loop.ByteRanges;
import io.mempair.proxy.pool.Tier;
import io.mempair.proxy.protocol.text.ReplyLine;
import io.mempair.proxy.protocol.text.ReplyShape;
import io.mempair.proxy.protocol.text.TextReplies;
import io.netty.buffer.ByteBuf;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * What a {@link MultiGetPart} asks of one server. A value whose turn it is goes to the client as it comes; others are
 * kept, by reference, until the part is done.
 */
final class MultiGetFragment extends ServerRequest {

    private final MultiGetPart part;
    private final ServerConnection server;
    private final @Nullable Tier fallback;
    private final ByteRanges kept = new ByteRanges();
    private final int[] asked;
    private int askedCount;

    /** Position in {@link #asked} after the last value that began. */
    private int cursor;

    /** The key whose value is arriving, or -1. */
    private int arriving = -1;

    /** Whether that value goes straight to the client; else where its ranges begin. */
    private boolean passing;

    private int keptFrom;

    MultiGetFragment(MultiGetPart part, ServerConnection server, @Nullable Tier fallback, int maxKeys) {
        this.part = part;
        this.server = server;
        this.fallback = fallback;
        this.asked = new int[maxKeys];
    }

    /** Adds a key whose bytes were just appended to the server's output. */
    void add(int key) {
        asked[askedCount++] = key;
    }

    void send() {
        server.output().append(2).writeShort(TextReplies.LINE_END);
        server.sent(this);
    }

    @Override
    protected ReplyShape shape() {
        return ReplyShape.RETRIEVAL;
    }

    /** Servers answer in the order asked and leave misses out: what is skipped on the way is missing. */
    @Override
    protected boolean itemStarts(byte[] line, int keyOffset, int keyLength) {
        while (cursor < askedCount) {
            int key = asked[cursor++];
            if (part.keys().is(key, line, keyOffset, keyLength)) {
                arriving = key;
                passing = part.order().isTurnOf(key);
                keptFrom = kept.count();
                return true;
            }
            part.order().miss(key);
        }
        return false;
    }

    @Override
    protected void itemBytes(ByteBuf in, int index, int length, boolean last) {
        if (passing) {
            part.slot().bytes(in, index, length);
        } else {
            kept.add(in, index, length);
        }
        if (last) {
            if (passing) {
                part.order().passedOn(arriving);
            } else {
                part.order().keptFor(arriving, kept, keptFrom, kept.count());
            }
            arriving = -1;
        }
    }

    @Override
    protected void retrievalEnds() {
        while (cursor < askedCount) {
            part.order().miss(asked[cursor++]);
        }
        part.fragmentEnded();
    }

    @Override
    protected void line(ByteBuf in, int index, int length, ReplyLine meaning) {
        failed(ServerFailure.REFUSED);
    }

    @Override
    protected void failed(ServerFailure reason) {
        boolean brokenOff = arriving >= 0 && passing;
        if (arriving >= 0 && !passing) {
            cursor--;
        }
        arriving = -1;
        part.fragmentFailed(reason, Arrays.copyOfRange(asked, cursor, askedCount), fallback, brokenOff);
    }

    /** Gives the kept values back; nothing refers to them any more. */
    void release() {
        kept.release();
    }
}
