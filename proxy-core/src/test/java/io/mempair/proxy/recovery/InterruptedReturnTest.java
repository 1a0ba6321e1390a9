package io.mempair.proxy.recovery;

import static org.assertj.core.api.Assertions.assertThat;

import io.mempair.proxy.replication.ReplicaPhase;
import io.mempair.proxy.replication.ReplicaStatus;
import io.mempair.proxy.testkit.NoLeaks;
import io.mempair.proxy.testkit.script.VirtualProxy;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** A server loses its connections while the proxy waits for it to answer what it was sent: the return begins anew. */
@ExtendWith(NoLeaks.class)
class InterruptedReturnTest {

    private static final Duration MOMENT = Duration.ofMillis(20);

    /** Less than the proxy waits for an answer. */
    private static final Duration SOON = Duration.ofMillis(400);

    @Test
    void itBeginsAnewAsSoonAsItIsConnectedAgain() {
        try (VirtualProxy proxy = new VirtualProxy(VirtualProxy.VirtualSetup.pair("1.6.31")).start()) {
            proxy.replica(proxy.primary()).doubted();
            proxy.primary().automatic(line -> false);
            proxy.recover();
            proxy.pass(MOMENT);
            assertThat(proxy.replica(proxy.primary()).phase()).isEqualTo(ReplicaPhase.DRAINING);

            proxy.primary().reachable(false);
            proxy.primary().reachable(true);
            proxy.primary().automatic(line -> true);
            proxy.pass(SOON);

            assertThat(proxy.replica(proxy.primary()).status()).isNotEqualTo(ReplicaStatus.OUT);
            proxy.requireRest();
        }
    }
}
