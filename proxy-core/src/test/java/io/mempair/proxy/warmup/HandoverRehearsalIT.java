package io.mempair.proxy.warmup;

import static org.assertj.core.api.Assertions.assertThat;

import io.mempair.proxy.config.ClientLimits;
import io.mempair.proxy.config.Distribution;
import io.mempair.proxy.config.PoolConfig;
import io.mempair.proxy.config.ProxyConfig;
import io.mempair.proxy.config.ServerAddress;
import io.mempair.proxy.config.ServerTimeouts;
import io.mempair.proxy.config.TransportChoice;
import io.mempair.proxy.testkit.NoLeaks;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What a hand-over does is done before the first one, by a process that has the right to it. */
@ExtendWith(NoLeaks.class)
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class HandoverRehearsalIT {

    @ParameterizedTest
    @EnumSource(
            value = TransportChoice.class,
            names = {"EPOLL", "IO_URING"})
    void aWarmupMovesConnectionsOfItsOwnProxyToItself(TransportChoice transport) throws Exception {
        try (WarmupProxy proxy = new WarmupProxy(config(transport), true)) {
            int requests = proxy.round(0, () -> false);

            assertThat(requests).as("requests after it").isPositive();
            assertThat(proxy.rehearsed()).isPositive();
        }
    }

    @Test
    void whereConnectionsAreNotHandedOverNothingIsRehearsed() throws Exception {
        try (WarmupProxy unwanted = new WarmupProxy(config(TransportChoice.EPOLL), false);
                WarmupProxy unable = new WarmupProxy(config(TransportChoice.NIO), true)) {
            unwanted.round(0, () -> false);
            unable.round(0, () -> false);

            assertThat(unwanted.rehearsed() + unable.rehearsed()).isZero();
        }
    }

    private static ProxyConfig config(TransportChoice transport) {
        return new ProxyConfig(
                List.of(new ServerAddress("127.0.0.1", 3)),
                new PoolConfig(
                        List.of(new ServerAddress("127.0.0.1", 1)),
                        List.of(),
                        Distribution.MODULO,
                        ServerTimeouts.DEFAULT),
                ClientLimits.DEFAULT,
                1,
                transport);
    }
}
