package io.mempair.proxy.transfer;

import static org.assertj.core.api.Assertions.assertThat;

import io.mempair.proxy.loop.Fence;
import io.mempair.proxy.loop.LoopContext;
import io.mempair.proxy.replication.IdClock;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.util.concurrent.MockTicker;
import io.netty.util.concurrent.Ticker;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class StepRunnerTest {

    private final MockTicker ticker = Ticker.newMockTicker();
    private final EmbeddedChannel channel =
            EmbeddedChannel.builder().ticker(ticker).build();
    private final LoopContext loop = new LoopContext(channel.eventLoop(), ticker, new Fence(), new IdClock(1, 0, 0));
    private final List<String> done = new ArrayList<>();
    private final StepRunner runner = new StepRunner(loop, why -> done.add("failed: " + why));
    private boolean ready;

    @AfterEach
    void close() {
        channel.close();
    }

    private void passMillis(long millis) {
        ticker.advance(millis, TimeUnit.MILLISECONDS);
        channel.runPendingTasks();
        runner.tick();
    }

    private void follow(CompletableFuture<Void> step) {
        runner.follow(step, () -> done.add("then"), () -> runner.await(() -> true, () -> done.add("again")));
    }

    @Test
    void aStepBeginsOnceWhenItIsReady() {
        runner.await(() -> ready, () -> done.add("begun"));
        passMillis(20);
        assertThat(done).isEmpty();

        ready = true;
        passMillis(20);
        passMillis(20);

        assertThat(done).containsExactly("begun");
    }

    @Test
    void aLaterStepTakesThePlaceOfOneThatWaits() {
        runner.await(() -> ready, () -> done.add("first"));
        runner.await(() -> true, () -> done.add("second"));
        ready = true;
        passMillis(20);
        passMillis(20);

        assertThat(done).containsExactly("second");
    }

    @Test
    void whatFollowsAStepBeginsWhenThatHasSucceeded() {
        CompletableFuture<Void> step = new CompletableFuture<>();
        follow(step);
        passMillis(20);
        assertThat(done).isEmpty();

        step.complete(null);
        passMillis(20);

        assertThat(done).containsExactly("then");
    }

    @Test
    void aStepThatFailedIsToldAndDoneAgainAfterASecond() {
        follow(CompletableFuture.failedFuture(new IllegalStateException("no answer")));
        passMillis(20);
        assertThat(runner.isPaused()).isTrue();
        passMillis(900);
        assertThat(done).containsExactly("failed: no answer");

        passMillis(200);

        assertThat(done).containsExactly("failed: no answer", "again");
    }

    @Test
    void anAbandonedStepIsCancelledAndHasNoEffect() {
        CompletableFuture<Void> step = new CompletableFuture<>();
        follow(step);
        runner.await(() -> true, () -> done.add("begun"));

        runner.abandon();
        passMillis(2_000);

        assertThat(step).isCancelled();
        assertThat(done).isEmpty();
    }

    @Test
    void aStepThatIsFollowedNoMoreHasNoEffect() {
        CompletableFuture<Void> first = new CompletableFuture<>();
        CompletableFuture<Void> second = new CompletableFuture<>();
        follow(first);
        follow(second);
        first.completeExceptionally(new IllegalStateException("late"));
        second.complete(null);
        passMillis(20);

        assertThat(done).containsExactly("then");
    }

    @Test
    void aStepWaitsForAPauseToPass() {
        runner.after(TimeUnit.MILLISECONDS.toNanos(500), () -> done.add("begun"));
        passMillis(400);
        assertThat(done).isEmpty();

        passMillis(200);

        assertThat(done).containsExactly("begun");
    }
}
