package io.mempair.proxy.reply;

import io.mempair.proxy.backend.ServerFailure;
import io.mempair.proxy.protocol.Command;
import io.mempair.proxy.protocol.meta.MetaRequest;
import io.mempair.proxy.protocol.text.ReplyLine;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import org.jspecify.annotations.Nullable;

/**
 * Forwards the server's reply byte for byte, except what the flag q suppresses: a miss of {@code mg}, the success of
 * other commands. Errors and all other outcomes are forwarded.
 */
public final class MetaReply implements MetaAnswer {

    private final ReplySlot slot;
    private final boolean quiet;
    private final boolean read;
    private final @Nullable KeyEcho echo;

    /** Bytes of the server's VA line still to skip, after a line with the key was forwarded. */
    private int replacedLineBytes;

    public MetaReply(MetaRequest request, ReplySlot slot) {
        this.slot = slot;
        this.quiet = request.quiet();
        this.read = request.command() == Command.MG;
        this.echo = KeyEcho.of(request);
    }

    @Override
    public boolean valueStarts(byte[] line, int length) {
        // Forwarded with the first bytes. The client chose whether the key is included.
        if (echo != null && wanted()) {
            slot.bytes(echo.into(line, length));
            replacedLineBytes = length;
        }
        return true;
    }

    @Override
    public void valueBytes(ByteBuf in, int index, int length, boolean last) {
        if (wanted()) {
            slot.bytes(in, index + replacedLineBytes, length - replacedLineBytes);
            replacedLineBytes = 0;
        }
        if (last) {
            slot.complete();
        }
    }

    @Override
    public void line(ByteBuf in, int index, int length, ReplyLine meaning) {
        if (quiet && meaning == (read ? ReplyLine.EN : ReplyLine.HD)) {
            slot.complete();
        } else if (echo != null && meaning.isMeta()) {
            slot.completeWith(echo.into(ByteBufUtil.getBytes(in, index, length), length));
        } else {
            slot.completeWith(in, index, length);
        }
    }

    /** Whether the client gets a value. */
    private boolean wanted() {
        return read || !quiet;
    }

    @Override
    public void failed(ServerFailure failure) {
        slot.fail(failure.reply());
    }
}
