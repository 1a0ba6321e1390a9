package io.mempair.proxy.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.MockTicker;
import io.netty.util.concurrent.Ticker;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Lookups of names by a host whose name server is silent for some of them. */
@Timeout(60)
class NameLookupsTest {

    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private final CountDownLatch nameServerAnswers = new CountDownLatch(1);
    private final AtomicInteger asked = new AtomicInteger();
    private final NameLookups lookups = new NameLookups(this::host);

    private InetAddress[] host(String name) throws UnknownHostException {
        asked.incrementAndGet();
        if (name.startsWith("silent")) {
            try {
                nameServerAnswers.await(50, TimeUnit.SECONDS);
            } catch (InterruptedException e) {
                throw new UnknownHostException(name);
            }
        }
        if (name.equals("unknown")) {
            throw new UnknownHostException(name);
        }
        return new InetAddress[] {InetAddress.getByAddress(new byte[] {10, 0, 0, 1}), InetAddress.getLoopbackAddress()};
    }

    @AfterEach
    void close() {
        nameServerAnswers.countDown();
        lookups.close();
    }

    @Test
    void aNameThatIsNotAnsweredHoldsUpNoOther() {
        for (int i = 0; i < 31; i++) {
            lookups.of("silent" + i);
        }

        assertThat(lookups.of("known"))
                .succeedsWithin(PATIENCE)
                .asList()
                .hasSize(2)
                .contains(InetAddress.getLoopbackAddress());
    }

    @Test
    void allWhoAskMeanwhileWaitForOneLookup() {
        CompletableFuture<List<InetAddress>> first = lookups.of("silent");
        CompletableFuture<List<InetAddress>> second = lookups.of("silent");
        assertThat(second).isNotDone();

        nameServerAnswers.countDown();

        assertThat(first).succeedsWithin(PATIENCE);
        assertThat(second).succeedsWithin(PATIENCE);
        assertThat(asked).hasValue(1);
        assertThat(lookups.of("silent")).as("asked anew when it is over").succeedsWithin(PATIENCE);
        assertThat(asked).hasValue(2);
    }

    @Test
    void aNameThatCannotBeResolvedIsSaidAndAskedAgain() {
        for (int i = 1; i <= 2; i++) {
            assertThat(lookups.of("unknown"))
                    .failsWithin(PATIENCE)
                    .withThrowableThat()
                    .withMessageContaining("name 'unknown' cannot be resolved");
            assertThat(asked).hasValue(i);
        }
    }

    @Test
    void aConnectWaitsForAnAnswerOnlySoLong() {
        MockTicker ticker = Ticker.newMockTicker();
        EmbeddedChannel channel = EmbeddedChannel.builder().ticker(ticker).build();
        try (OffLoopResolver resolver = new OffLoopResolver(this::host)) {
            Future<List<InetSocketAddress>> resolving = resolver.newResolver(channel.eventLoop())
                    .resolveAll(InetSocketAddress.createUnresolved("silent", 11_211));
            ticker.advance(OffLoopResolver.LIMIT_MILLIS - 1, TimeUnit.MILLISECONDS);
            channel.runPendingTasks();
            assertThat(resolving.isDone()).isFalse();

            ticker.advance(1, TimeUnit.MILLISECONDS);
            channel.runPendingTasks();
            assertThat(resolving.cause()).hasMessage("name 'silent': no answer of the name server in 5000 ms");
        } finally {
            channel.close();
        }
    }
}
