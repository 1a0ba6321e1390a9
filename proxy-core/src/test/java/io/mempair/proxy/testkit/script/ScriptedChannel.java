package io.mempair.proxy.testkit.script;

import io.netty.buffer.ByteBuf;
import io.netty.channel.AbstractChannel;
import io.netty.channel.ChannelConfig;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelMetadata;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.ChannelPromise;
import io.netty.channel.DefaultChannelConfig;
import io.netty.channel.EventLoop;
import io.netty.channel.socket.DuplexChannel;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.function.Function;

/** The proxy's end of a connection to a {@link VirtualServer}: what is written is there at once. Confined to its loop. */
final class ScriptedChannel extends AbstractChannel implements DuplexChannel {

    private static final ChannelMetadata METADATA = new ChannelMetadata(false);
    private static final SocketAddress HERE = new InetSocketAddress("127.0.0.1", 9);

    private final ChannelConfig config = new DefaultChannelConfig(this);
    private final Function<SocketAddress, VirtualServer> network;
    private VirtualServer server;
    private SocketAddress remote = HERE;
    private boolean open = true;
    private boolean outputShutdown;

    ScriptedChannel(Function<SocketAddress, VirtualServer> network) {
        super(null);
        this.network = network;
    }

    /** The server sends text. */
    void receive(String text) {
        if (open) {
            ByteBuf in = alloc().directBuffer(Math.max(1, text.length()));
            in.writeCharSequence(text, StandardCharsets.ISO_8859_1);
            pipeline().fireChannelRead(in);
            pipeline().fireChannelReadComplete();
        }
    }

    /** The server closes, or resets. */
    void closedByServer() {
        unsafe().close(voidPromise());
    }

    @Override
    protected AbstractUnsafe newUnsafe() {
        return new AbstractUnsafe() {
            @Override
            public void connect(SocketAddress to, SocketAddress from, ChannelPromise promise) {
                if (!promise.setUncancellable() || !ensureOpen(promise)) {
                    return;
                }
                VirtualServer found = network.apply(to);
                if (found == null || !found.accepts()) {
                    safeSetFailure(promise, new ConnectException("Connection refused"));
                    close(voidPromise());
                    return;
                }
                server = found;
                remote = to;
                found.opened(ScriptedChannel.this);
                safeSetSuccess(promise);
                pipeline().fireChannelActive();
            }
        };
    }

    @Override
    protected void doWrite(ChannelOutboundBuffer in) {
        for (Object message = in.current(); message != null; message = in.current()) {
            server.received(this, ((ByteBuf) message).toString(StandardCharsets.ISO_8859_1));
            in.remove();
        }
    }

    @Override
    protected void doClose() {
        open = false;
        if (server != null) {
            server.closed(this);
        }
    }

    @Override
    public ChannelFuture shutdownOutput(ChannelPromise promise) {
        outputShutdown = true;
        server.endOfInput(this);
        return promise.setSuccess();
    }

    @Override
    public ChannelFuture shutdownOutput() {
        return shutdownOutput(newPromise());
    }

    @Override
    public ChannelFuture shutdownInput() {
        return shutdownInput(newPromise());
    }

    @Override
    public ChannelFuture shutdownInput(ChannelPromise promise) {
        throw new AssertionError("the proxy never does that");
    }

    @Override
    public ChannelFuture shutdown() {
        return shutdown(newPromise());
    }

    @Override
    public ChannelFuture shutdown(ChannelPromise promise) {
        return close(promise);
    }

    @Override
    public boolean isInputShutdown() {
        return false;
    }

    @Override
    public boolean isOutputShutdown() {
        return outputShutdown;
    }

    @Override
    public boolean isShutdown() {
        return !open;
    }

    @Override
    protected boolean isCompatible(EventLoop loop) {
        return true;
    }

    @Override
    protected SocketAddress localAddress0() {
        return HERE;
    }

    @Override
    protected SocketAddress remoteAddress0() {
        return remote;
    }

    @Override
    protected void doBind(SocketAddress localAddress) {
        throw new AssertionError("a client binds nothing");
    }

    @Override
    protected void doDisconnect() {
        doClose();
    }

    @Override
    protected void doBeginRead() {
        // what the server sends is read when it is sent
    }

    @Override
    public ChannelConfig config() {
        return config;
    }

    @Override
    public boolean isOpen() {
        return open;
    }

    @Override
    public boolean isActive() {
        return open && server != null;
    }

    @Override
    public ChannelMetadata metadata() {
        return METADATA;
    }
}
