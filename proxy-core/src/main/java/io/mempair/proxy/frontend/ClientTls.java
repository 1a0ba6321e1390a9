package io.mempair.proxy.frontend;

import io.mempair.proxy.loop.Cumulation;
import io.mempair.proxy.loop.LoopContext;
import io.mempair.proxy.metrics.ProxyMeter;
import io.mempair.proxy.tls.TlsContexts;
import io.netty.handler.ssl.SslHandler;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLEngine;

/** TLS of one client's connection; closes it when the handshake fails or takes too long. Confined to its loop. */
final class ClientTls extends SslHandler {

    /** How long a close may wait for the client to take the last bytes. */
    private static final long CLOSE_NOTIFY_MILLIS = 1_000;

    ClientTls(LoopContext loop, SSLEngine engine) {
        super(engine);
        setCumulator(Cumulation.CUMULATOR);
        setHandshakeTimeout(TlsContexts.HANDSHAKE_MILLIS, TimeUnit.MILLISECONDS);
        setCloseNotifyFlushTimeout(CLOSE_NOTIFY_MILLIS, TimeUnit.MILLISECONDS);
        handshakeFuture().addListener(done -> {
            if (!done.isSuccess()) {
                loop.counters().count(ProxyMeter.CLIENTS_WITHOUT_TLS);
            }
        });
    }
}
