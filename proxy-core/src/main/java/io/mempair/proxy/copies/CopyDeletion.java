package io.mempair.proxy.copies;

import io.mempair.proxy.metrics.TimedCommand;
import io.mempair.proxy.protocol.text.ReplyShape;
import io.netty.buffer.ByteBuf;
import java.util.function.Consumer;

/**
 * Deletes one copy of a key.
 *
 * @param shape      of the reply
 * @param lineBytes  upper bound of the bytes of {@code line}
 * @param line       appends the line with its end
 */
record CopyDeletion(ReplyShape shape, int lineBytes, Consumer<ByteBuf> line) implements CopyCommand {

    @Override
    public TimedCommand timedAs() {
        return TimedCommand.DELETE;
    }

    @Override
    public boolean carriesData() {
        return false;
    }

    @Override
    public void appendLine(ByteBuf out, int tag) {
        line.accept(out);
    }
}
