package io.mempair.proxy.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.awaitility.Awaitility.await;

import io.mempair.proxy.testkit.RawClient;
import io.mempair.proxy.testkit.RunningProxy;
import io.mempair.proxy.testkit.ScriptedServer;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.channel.EventLoop;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.IntConsumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A loop that ends, or memory that runs out, is told at once; a fault of one request costs its connection and no more. */
@Timeout(60)
class BrokenLoopTest {

    private static final Duration SOON = Duration.ofSeconds(20);

    /** What a client's {@code verbosity} does on its loop. */
    private volatile IntConsumer fault = level -> {};

    private interface Use {
        void of(ProxyServer proxy, int port) throws Exception;
    }

    private void withProxy(Use use) throws Exception {
        int port = RunningProxy.freePort();
        try (ScriptedServer server = ScriptedServer.playing((line, connection) -> connection.send("ERROR\r\n"));
                ProxyServer proxy = TestProxies.on(port, server.address(), level -> fault.accept(level))) {
            RunningProxy.await(proxy.start());
            RunningProxy.await(proxy.open());
            use.of(proxy, port);
        }
    }

    private static void provoke(int port) throws Exception {
        try (RawClient client = RawClient.connect(port)) {
            client.send("verbosity 1\r\n");
            client.rest();
        }
    }

    @Test
    void aLoopThatEndsByItselfIsToldAndShows() throws Exception {
        withProxy((proxy, port) -> {
            EventLoop loop = proxy.loops().get(0).context().eventLoop();
            assertThat(proxy.ended().toCompletableFuture()).isNotDone();

            loop.shutdownGracefully(0, 0, TimeUnit.SECONDS);

            assertThat(proxy.ended().toCompletableFuture())
                    .failsWithin(SOON)
                    .withThrowableOfType(ExecutionException.class)
                    .havingCause()
                    .withMessage("event loop 0 ended");
            assertThat(proxy.health().ailments())
                    .contains("the proxy cannot go on: java.lang.IllegalStateException: event loop 0 ended");
            await().atMost(SOON)
                    .untilAsserted(() -> assertThat(proxy.health().ailments())
                            .anyMatch(line -> line.startsWith("event loop 0 has not come round for")));
        });
    }

    @Test
    void memoryThatRunsOutBesideTheHeapEndsTheProxy() throws Exception {
        fault = level ->
                UnpooledByteBufAllocator.DEFAULT.directBuffer(Integer.MAX_VALUE).release();
        withProxy((proxy, port) -> {
            provoke(port);

            assertThat(proxy.ended().toCompletableFuture())
                    .failsWithin(SOON)
                    .withThrowableOfType(ExecutionException.class)
                    .withCauseInstanceOf(OutOfMemoryError.class);
            assertThat(proxy.health().ailments()).isNotEmpty();
        });
    }

    @Test
    void aFaultOfOneRequestCostsItsConnectionAndNoMore() throws Exception {
        fault = level -> {
            throw new AssertionError("injected");
        };
        withProxy((proxy, port) -> {
            provoke(port);

            try (RawClient other = RawClient.connect(port)) {
                assertThat(other.ask("mn\r\n", "MN\r\n")).isEqualTo("MN\r\n");
            }
            assertThat(proxy.ended().toCompletableFuture()).isNotDone();
            assertThat(proxy.health().ailments()).isEmpty();
        });
    }

    @Test
    void aProxyThatWasClosedEndedWellWhateverItsLoopsDo() throws Exception {
        withProxy((proxy, port) -> {
            proxy.close();

            assertThat(proxy.ended().toCompletableFuture()).succeedsWithin(SOON);
        });
    }

    @Test
    void aProxyWhoseLoopEndedCanBeClosed() throws Exception {
        withProxy((proxy, port) -> {
            proxy.loops()
                    .get(0)
                    .context()
                    .eventLoop()
                    .shutdownGracefully(0, 0, TimeUnit.SECONDS)
                    .await();

            assertThatCode(proxy::close).doesNotThrowAnyException();
        });
    }
}
