package io.mempair.proxy.frontend;

import io.mempair.proxy.loop.Cumulation;
import io.mempair.proxy.loop.LoopContext;
import io.mempair.proxy.loop.MemoryAccount;
import io.mempair.proxy.metrics.ProxyMeter;
import io.mempair.proxy.tls.TlsContexts;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslHandler;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;

/**
 * TLS of one client's connection; closes it when the handshake fails or takes too long. The client's account is charged
 * for incomplete records; output is charged like that of other clients. Confined to its loop.
 */
public final class ClientTls extends SslHandler {

    /** How long a close may wait for the client to take the last bytes. */
    private static final long CLOSE_NOTIFY_MILLIS = 1_000;

    private final MemoryAccount account;

    /**
     * How connections are secured from now on.
     *
     * @param context     certificates and rules
     * @param handshakes  computes what handshakes need, so that the loop serves other clients meanwhile
     */
    public record TlsTerms(SslContext context, Executor handshakes) {}

    /** @param account  charged with what has come and cannot be deciphered yet */
    ClientTls(LoopContext loop, Channel channel, TlsTerms terms, MemoryAccount account) {
        super(terms.context().newEngine(channel.alloc()), terms.handshakes());
        this.account = account;
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
}
