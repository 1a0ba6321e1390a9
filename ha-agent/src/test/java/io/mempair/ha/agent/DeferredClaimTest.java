package io.mempair.ha.agent;

import static org.assertj.core.api.Assertions.assertThat;

import io.mempair.ha.election.Event;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongFunction;
import org.junit.jupiter.api.Test;

class DeferredClaimTest {

    private static final long BEGIN_NANOS = Long.MAX_VALUE - 1_000;
    private static final long MILLIS = 1_000_000;

    private final EventQueue events = new EventQueue();
    private final DeferredClaim claims = new DeferredClaim(new FakeProxy(), events);
    private final AtomicInteger claimed = new AtomicInteger();

    /** The clock may overflow in between. */
    private static long after(long millis) {
        return BEGIN_NANOS + millis * MILLIS;
    }

    private void begin(boolean connectionsFirst) throws InterruptedException {
        claims.begin(claimed::incrementAndGet, connectionsFirst, BEGIN_NANOS);
        runTasks();
    }

    private void runTasks() throws InterruptedException {
        for (LongFunction<Optional<Event>> task = events.poll(0); task != null; task = events.poll(0)) {
            assertThat(task.apply(BEGIN_NANOS)).isEmpty();
        }
    }

    @Test
    void theAddressIsClaimedWhenThePortIsOpen() throws InterruptedException {
        begin(false);

        assertThat(claimed).hasValue(1);
    }

    @Test
    void whereTheHostTracksConnectionsItIsClaimedWhenThoseTakenAreKnown() throws InterruptedException {
        CompletableFuture<Void> serving = new CompletableFuture<>();
        begin(true);
        claims.after(serving);
        claims.tick(after(399));
        runTasks();
        assertThat(claimed).hasValue(0);

        serving.complete(null);
        runTasks();
        claims.tick(after(1_000));

        assertThat(claimed).hasValue(1);
    }

    @Test
    void itIsClaimedInTimeWhateverBecomesOfThem() throws InterruptedException {
        begin(true);

        claims.tick(after(400));

        assertThat(claimed).hasValue(1);
    }

    @Test
    void anEarlierReignsConnectionsHaveNothingToSayInTheNext() throws InterruptedException {
        CompletableFuture<Void> earlier = new CompletableFuture<>();
        begin(true);
        claims.after(earlier);
        claims.cancel();

        AtomicInteger next = new AtomicInteger();
        claims.begin(next::incrementAndGet, true, BEGIN_NANOS);
        earlier.complete(null);
        runTasks();

        assertThat(claimed).hasValue(0);
        assertThat(next).hasValue(0);
    }
}
