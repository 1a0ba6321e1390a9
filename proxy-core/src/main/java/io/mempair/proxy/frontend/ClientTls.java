package io.mempair.proxy.frontend;

import io.mempair.proxy.loop.Cumulation;
import io.mempair.proxy.loop.LoopContext;
import io.mempair.proxy.loop.MemoryAccount;
import io.mempair.proxy.metrics.ProxyMeter;
import io.mempair.proxy.tls.TlsContexts;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.channel.CoalescingBufferQueue;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslHandler;
import java.nio.channels.ClosedChannelException;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * TLS of one client's connection; closes it when the handshake fails or takes too long. The client's account is charged
 * for incomplete records; output is charged like that of other clients, and enciphered in {@link TlsTurns} if it is large. Confined to
 * its loop.
 */
public final class ClientTls extends SslHandler implements TlsTurns.LargeOutput {

    /** Bytes that are enciphered at once: a record. */
    private static final int SMALL_BYTES = 16_384;

    /** How long a close may wait for the client to take the last bytes. */
    private static final long CLOSE_NOTIFY_MILLIS = 1_000;

    private final MemoryAccount account;
    private final TlsTurns turns;

    /** Output that is not enciphered yet; counted as unsent by the channel. */
    private final CoalescingBufferQueue plain;

    private @Nullable ChannelHandlerContext context;
    private boolean takesTurns;

    /**
     * How connections are secured from now on.
     *
     * @param context     certificates and rules
     * @param handshakes  computes what handshakes need, so that the loop serves other clients meanwhile
     */
    public record TlsTerms(SslContext context, Executor handshakes) {}

    /**
     * @param account  charged with what has come and cannot be deciphered yet
     * @param turns    of its loop
     */
    ClientTls(LoopContext loop, Channel channel, TlsTerms terms, MemoryAccount account, TlsTurns turns) {
        super(terms.context().newEngine(channel.alloc()), terms.handshakes());
        this.account = account;
        this.turns = turns;
        this.plain = new CoalescingBufferQueue(channel, 4, true);
        setCumulator(Cumulation.CUMULATOR);
        setHandshakeTimeout(TlsContexts.HANDSHAKE_MILLIS, TimeUnit.MILLISECONDS);
        setCloseNotifyFlushTimeout(CLOSE_NOTIFY_MILLIS, TimeUnit.MILLISECONDS);
        handshakeFuture().addListener(done -> {
            if (!done.isSuccess()) {
                loop.counters().count(ProxyMeter.CLIENTS_WITHOUT_TLS);
            }
        });
    }

    /** Also called when a part of the handshake is computed, to process the input that has arrived meanwhile. */
    @Override
    public void channelRead(ChannelHandlerContext context, Object message) throws Exception {
        super.channelRead(context, message);
        account.ciphered(internalBuffer().capacity());
    }

    @Override
    public void write(ChannelHandlerContext context, Object message, ChannelPromise promise) throws Exception {
        if (context.channel().isActive() && message instanceof ByteBuf output) {
            plain.add(output, promise);
        } else {
            super.write(context, message, promise); // which releases it
        }
    }

    @Override
    public void flush(ChannelHandlerContext context) throws Exception {
        if (!takesTurns) {
            if (plain.readableBytes() <= SMALL_BYTES) {
                handOver(context, SMALL_BYTES);
            } else {
                takesTurns = true;
                this.context = context;
                turns.join(this);
            }
        }
        super.flush(context);
    }

    @Override
    public boolean encipher(int bytes) {
        ChannelHandlerContext of = context;
        if (of != null && !plain.isEmpty()) {
            try {
                handOver(of, bytes);
                super.flush(of);
            } catch (Exception e) {
                of.fireExceptionCaught(e);
            }
        }
        takesTurns = !plain.isEmpty();
        return takesTurns;
    }

    @Override
    public int waitingBytes() {
        return plain.readableBytes();
    }

    private void handOver(ChannelHandlerContext context, int bytes) throws Exception {
        if (!plain.isEmpty()) {
            ChannelPromise promise = context.newPromise();
            super.write(context, plain.remove(bytes, promise), promise);
        }
    }

    /** What was written before leaves before the notice that no more comes. */
    @Override
    public void close(ChannelHandlerContext context, ChannelPromise promise) throws Exception {
        if (!plain.isEmpty()) {
            handOver(context, plain.readableBytes());
            super.flush(context);
        }
        super.close(context, promise);
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) throws Exception {
        release();
        super.channelInactive(context);
    }

    @Override
    public void handlerRemoved0(ChannelHandlerContext context) throws Exception {
        release();
        super.handlerRemoved0(context);
    }

    private void release() {
        if (!plain.isEmpty()) {
            plain.releaseAndFailAll(new ClosedChannelException());
        }
    }
}
