package io.mempair.proxy.backend;

import io.mempair.proxy.protocol.text.ReplyLine;
import io.mempair.proxy.protocol.text.ReplyShape;
import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;
import java.util.function.Consumer;

/** The {@code version} command: handshake and idle probe. */
final class VersionRequest extends ServerRequest {

    private static final int PREFIX_BYTES = "VERSION ".length();

    private final Consumer<String> answered;
    private final Consumer<String> refused;
    private final Runnable lost;

    /** Exactly one of the three runs, once; the caller drops a lost connection. */
    VersionRequest(Consumer<String> answered, Consumer<String> refused, Runnable lost) {
        this.answered = answered;
        this.refused = refused;
        this.lost = lost;
    }

    @Override
    protected boolean isFenced() {
        return false;
    }

    @Override
    protected ReplyShape shape() {
        return ReplyShape.VERSION;
    }

    @Override
    protected void line(ByteBuf in, int index, int length, ReplyLine meaning) {
        String text = in.toString(index, length - 2, StandardCharsets.US_ASCII);
        if (meaning == ReplyLine.VERSION) {
            answered.accept(text.substring(PREFIX_BYTES));
        } else {
            refused.accept(text);
        }
    }

    @Override
    protected void failed(ServerFailure failure) {
        lost.run();
    }
}
