package io.mempair.proxy.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mempair.proxy.config.ClientLimits;
import io.mempair.proxy.config.ClientPolicy;
import io.mempair.proxy.config.Distribution;
import io.mempair.proxy.config.ListenerConfig;
import io.mempair.proxy.config.PoolConfig;
import io.mempair.proxy.config.ProxyConfig;
import io.mempair.proxy.config.ServerAddress;
import io.mempair.proxy.config.TransportChoice;
import io.mempair.proxy.testkit.RunningProxy;
import io.mempair.proxy.testkit.ScriptedServer;
import io.mempair.proxy.testkit.TestTimeouts;
import java.net.BindException;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The port of an address that comes a moment later. */
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class OpenAheadTest {

    /** For documentation (RFC 5737): no host has it. */
    private static final String ABSENT = "192.0.2.1";

    @ParameterizedTest
    @EnumSource(
            value = TransportChoice.class,
            names = {"EPOLL", "IO_URING"})
    void thePortIsOpenBeforeTheAddressIsThereIfThatIsWanted(TransportChoice transport) throws Exception {
        try (ScriptedServer server = ScriptedServer.playing((line, connection) -> {});
                ProxyServer proxy = new ProxyServer(config(server.address(), transport))) {
            RunningProxy.await(proxy.start());
            assertThatThrownBy(() -> RunningProxy.await(proxy.open()))
                    .cause()
                    .isInstanceOf(BindException.class)
                    .hasMessageContaining(ABSENT);
            assertThat(proxy.health().open()).isFalse();

            RunningProxy.await(proxy.openAhead());

            assertThat(proxy.health().open()).isTrue();
            RunningProxy.await(proxy.open());
            assertThat(proxy.health().open()).isTrue();
        }
    }

    private static ProxyConfig config(ServerAddress server, TransportChoice transport) throws Exception {
        PoolConfig pool = new PoolConfig(List.of(server), List.of(), Distribution.MODULO, TestTimeouts.PATIENT);
        ListenerConfig listeners = ListenerConfig.tcp(List.of(new ServerAddress(ABSENT, RunningProxy.freePort())));
        return new ProxyConfig(listeners, pool, ClientLimits.DEFAULT, ClientPolicy.OPEN, 1, transport);
    }
}
