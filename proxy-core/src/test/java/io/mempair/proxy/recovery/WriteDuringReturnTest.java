package io.mempair.proxy.recovery;

import static org.assertj.core.api.Assertions.assertThat;

import io.mempair.proxy.config.CopyPolicy;
import io.mempair.proxy.config.CopyPolicy.Acknowledge;
import io.mempair.proxy.replication.ReplicaStatus;
import io.mempair.proxy.testkit.NoLeaks;
import io.mempair.proxy.testkit.script.VirtualClient;
import io.mempair.proxy.testkit.script.VirtualProxy;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** A write that has begun without a server, and ends when that server is back: the refill must not overlook it. */
@ExtendWith(NoLeaks.class)
class WriteDuringReturnTest {

    private static final String FLUSH_BEGINS = "set mempair:canary 0 60 1";

    /** Less than the flush pauses after its first command. */
    private static final Duration WITHIN_THE_FLUSH = Duration.ofMillis(1_000);

    private static final Duration MOMENT = Duration.ofMillis(20);

    /** Less than the timeout of the write. */
    private static final int MOMENTS_OF_THE_WRITE = 18;

    private static final int MOST_MOMENTS = 1_000;

    private static VirtualProxy withBulkCopy() {
        CopyPolicy copies =
                new CopyPolicy(Acknowledge.ALL, false, 1 << 20, 1_000, Duration.ofDays(1), Duration.ofHours(1));
        return new VirtualProxy(VirtualProxy.VirtualSetup.pair("1.6.31").with(copies)).start();
    }

    private static void passUntilFlushBegins(VirtualProxy proxy) {
        for (int i = 0; !proxy.primary().heard().contains(FLUSH_BEGINS); i++) {
            assertThat(i).isLessThan(MOST_MOMENTS);
            proxy.pass(MOMENT);
        }
    }

    @Test
    void theWalkOfTheKeysBeginsBehindIt() {
        try (VirtualProxy proxy = withBulkCopy()) {
            VirtualClient client = proxy.client();
            proxy.replica(proxy.primary()).missedEverything();
            proxy.recover();
            passUntilFlushBegins(proxy);
            proxy.pass(WITHIN_THE_FLUSH);
            assertThat(proxy.replica(proxy.primary()).status()).isEqualTo(ReplicaStatus.OUT);
            proxy.backup().automatic(line -> !line.startsWith("ms k"));
            client.send("set k 0 0 5\r\nvalue\r\n");
            for (int i = 0; i < MOMENTS_OF_THE_WRITE; i++) {
                proxy.pass(MOMENT);
            }
            assertThat(client.received()).isEmpty();
            assertThat(proxy.replica(proxy.primary()).status()).isNotEqualTo(ReplicaStatus.OUT);

            proxy.backup().automatic(line -> true);
            proxy.pass(Duration.ofSeconds(1));

            assertThat(client.received()).isEqualTo("STORED\r\n");
            assertThat(proxy.replica(proxy.primary()).status()).isEqualTo(ReplicaStatus.SERVING);
            assertThat(client.ask("get k\r\n")).endsWith("VALUE k 0 5\r\nvalue\r\nEND\r\n");
            proxy.requireRest();
        }
    }
}
