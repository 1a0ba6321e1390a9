package io.mempair.proxy.server;

import io.mempair.proxy.config.ClientLimits;
import io.mempair.proxy.config.Distribution;
import io.mempair.proxy.config.PoolConfig;
import io.mempair.proxy.config.ProxyConfig;
import io.mempair.proxy.config.ServerAddress;
import io.mempair.proxy.config.TransportChoice;
import io.mempair.proxy.testkit.TestTimeouts;
import java.util.List;
import java.util.function.IntConsumer;

/** Proxies that are not started yet. */
public final class TestProxies {

    private TestProxies() {}

    public static ProxyServer on(int port, ServerAddress server) {
        return on(port, server, level -> {});
    }

    public static ProxyServer on(int port, ServerAddress server, IntConsumer onVerbosity) {
        return new ProxyServer(config(port, server), onVerbosity, 1);
    }

    public static ProxyConfig config(int port, ServerAddress server) {
        PoolConfig pool = new PoolConfig(List.of(server), List.of(), Distribution.MODULO, TestTimeouts.PATIENT);
        return new ProxyConfig(
                List.of(new ServerAddress("127.0.0.1", port)), pool, ClientLimits.DEFAULT, 1, TransportChoice.AUTO);
    }
}
