package io.mempair.proxy.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class HandshakeThreadsTest {

    @Test
    void whatWaitsIsCountedAndBoundedAndCarriedOut() throws Exception {
        CountDownLatch begun = new CountDownLatch(1);
        CountDownLatch goOn = new CountDownLatch(1);
        CountDownLatch done = new CountDownLatch(2);
        try (HandshakeThreads threads = new HandshakeThreads("test-tls", 1, 2)) {
            threads.execute(() -> {
                begun.countDown();
                try {
                    goOn.await();
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
            });
            begun.await();
            threads.execute(done::countDown);
            threads.execute(done::countDown);
            assertThat(threads.waiting()).isEqualTo(2);
            assertThatThrownBy(() -> threads.execute(done::countDown)).isInstanceOf(RejectedExecutionException.class);

            goOn.countDown();
            assertThat(done.await(30, TimeUnit.SECONDS)).isTrue();
        }
    }

    @Test
    void nothingRunsAfterTheEnd() {
        HandshakeThreads threads = new HandshakeThreads("test-tls");
        threads.close();

        assertThatThrownBy(() -> threads.execute(() -> {})).isInstanceOf(RejectedExecutionException.class);
    }
}
