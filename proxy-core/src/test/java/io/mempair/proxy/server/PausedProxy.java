package io.mempair.proxy.server;

import io.mempair.proxy.config.ClientLimits;
import io.mempair.proxy.config.PoolConfig;
import io.mempair.proxy.config.ProxyConfig;
import io.mempair.proxy.config.ServerAddress;
import io.mempair.proxy.config.TransportChoice;
import io.mempair.proxy.replication.PausedStripes;
import io.mempair.proxy.testkit.RunningProxy;
import io.netty.buffer.ByteBufAllocator;
import java.util.List;

/** Proxies whose loops pause between any two steps in the order of writes, so that others come between. */
public final class PausedProxy {

    private PausedProxy() {}

    /** Started, on {@code loops} loops, with pauses drawn from {@code seed}. */
    public static RunningProxy over(PoolConfig pool, int loops, long seed) throws Exception {
        int port = RunningProxy.freePort();
        ProxyConfig config = new ProxyConfig(
                List.of(new ServerAddress("127.0.0.1", port)), pool, ClientLimits.DEFAULT, loops, TransportChoice.AUTO);
        Parts parts = new Parts(granter -> new PausedStripes(granter, seed), ByteBufAllocator.DEFAULT);
        return RunningProxy.started(port, new ProxyServer(config, level -> {}, 1, "mempair-loop", parts), config);
    }
}
