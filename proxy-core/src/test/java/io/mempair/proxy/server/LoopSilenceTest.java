package io.mempair.proxy.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.mempair.proxy.testkit.NoLeaks;
import io.mempair.proxy.testkit.RawClient;
import io.mempair.proxy.testkit.RunningProxy;
import io.mempair.proxy.testkit.ScriptedServer;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/** A loop that does not come round shows, and only while it does not. */
@ExtendWith(NoLeaks.class)
@Timeout(60)
class LoopSilenceTest {

    private static final Duration SOON = Duration.ofSeconds(20);
    private static final long STUCK_NANOS = 1_500_000_000L;

    private final CountDownLatch release = new CountDownLatch(1);

    /** Runs on the event loop of the client that sends it. */
    private void block(int level) {
        try {
            assertThat(release.await(30, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static long longestNanos(Proxy proxy) {
        return Arrays.stream(proxy.loopSilenceNanos()).max().orElse(-1);
    }

    @Test
    void aStuckLoopIsSilentUntilItComesRoundAgain() throws Exception {
        int port = RunningProxy.freePort();
        try (ScriptedServer server = ScriptedServer.playing((line, connection) -> connection.send("ERROR\r\n"));
                ProxyServer proxy = TestProxies.on(port, server.address(), this::block)) {
            RunningProxy.await(proxy.start());
            RunningProxy.await(proxy.open());
            try (RawClient client = RawClient.connect(port)) {
                client.send("verbosity 1\r\n");

                await().atMost(SOON).until(() -> longestNanos(proxy) > STUCK_NANOS);
                assertThat(proxy.health().loopStallNanos()).isGreaterThan(STUCK_NANOS);

                release.countDown();
                assertThat(client.line()).isEqualTo("OK");
                await().atMost(SOON).until(() -> longestNanos(proxy) < STUCK_NANOS);
            } finally {
                release.countDown();
            }
        }
    }
}
