package io.mempair.proxy.testkit.script;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.embedded.EmbeddedChannel;
import java.nio.charset.StandardCharsets;

/** A client of a {@link VirtualProxy}. Confined to the loop. */
public final class VirtualClient {

    private final VirtualLoop loop;
    private final EmbeddedChannel channel = new EmbeddedChannel();
    private final StringBuilder received = new StringBuilder();

    VirtualClient(VirtualLoop loop, ByteBufAllocator allocator) {
        this.loop = loop;
        channel.config().setAllocator(allocator);
    }

    /** The proxy's end of it. */
    public EmbeddedChannel channel() {
        return channel;
    }

    /** Sends text, one byte for each character, which the proxy reads at once. */
    public void send(String text) {
        ByteBuf in = channel.alloc().directBuffer(Math.max(1, text.length()));
        in.writeCharSequence(text, StandardCharsets.ISO_8859_1);
        channel.writeInbound(in);
        channel.runPendingTasks();
        loop.settle();
    }

    /** All that it was sent so far. */
    public String received() {
        receive();
        return received.toString();
    }

    private void receive() {
        channel.runPendingTasks();
        for (ByteBuf out = channel.readOutbound(); out != null; out = channel.readOutbound()) {
            received.append(out.toString(StandardCharsets.ISO_8859_1));
            out.release();
        }
    }

    /** What it is answered to a request if all servers answer. */
    public String ask(String request) {
        receive();
        int before = received.length();
        send(request);
        receive();
        return received.substring(before);
    }

    /** Whether the proxy has not closed it. */
    public boolean isOpen() {
        channel.runPendingTasks();
        return channel.isOpen();
    }

    /** It goes away. */
    public void close() {
        received();
        channel.finishAndReleaseAll();
        loop.settle();
    }
}
