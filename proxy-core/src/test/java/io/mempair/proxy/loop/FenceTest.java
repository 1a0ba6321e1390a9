package io.mempair.proxy.loop;

import static org.assertj.core.api.Assertions.assertThat;

import io.mempair.proxy.replication.IdClock;
import io.netty.buffer.ByteBuf;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.util.concurrent.MockTicker;
import io.netty.util.concurrent.Ticker;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What leaves for a server at the end of a turn, by the clock of that moment. */
class FenceTest {

    private static final byte[] LINE = "get k\r\n".getBytes(StandardCharsets.US_ASCII);
    private static final long LEASE_NANOS = 1_000_000;

    private final MockTicker ticker = Ticker.newMockTicker();
    private final EmbeddedChannel channel = new EmbeddedChannel();
    private final Fence fence = new Fence();
    private final LoopContext loop = new LoopContext(channel.eventLoop(), ticker, fence, new IdClock(1, 0, 0));
    private final OutputBatch batch =
            OutputBatch.toServer(loop, channel, loop.memory().openShared(() -> {}), channel::close);

    @AfterEach
    void release() {
        channel.finishAndReleaseAll();
    }

    private void serve() {
        fence.open();
        fence.lease(loop.clockNanos() + LEASE_NANOS);
    }

    private void append(boolean request) {
        loop.nowNanos(); // the turn has begun, and its time been read
        batch.bytes(LINE);
        if (request) {
            batch.holdsRequest();
        }
    }

    private boolean somethingLeft() {
        channel.runPendingTasks();
        ByteBuf sent = channel.readOutbound();
        if (sent != null) {
            sent.release();
        }
        return sent != null;
    }

    @Test
    void aRequestLeavesWhileTheLeaseLasts() {
        serve();
        append(true);
        ticker.advance(LEASE_NANOS - 1, TimeUnit.NANOSECONDS);

        assertThat(somethingLeft()).isTrue();
        assertThat(channel.isOpen()).isTrue();
    }

    @Test
    void aRequestDoesNotLeaveWhenTheLeaseEndsBeforeItsTurnDoes() {
        serve();
        append(true);
        ticker.advance(LEASE_NANOS, TimeUnit.NANOSECONDS);

        assertThat(somethingLeft()).isFalse();
        assertThat(channel.isOpen()).isFalse();
    }

    @Test
    void aRequestDoesNotLeaveWhenThisProxyStepsDownBeforeItsTurnEnds() {
        serve();
        append(true);
        fence.close(fence.drain());

        assertThat(somethingLeft()).isFalse();
        assertThat(channel.isOpen()).isFalse();
    }

    @Test
    void aQuestionOfOursLeavesWithoutALease() {
        fence.lease(loop.clockNanos());
        append(false);

        assertThat(somethingLeft()).isTrue();
        assertThat(channel.isOpen()).isTrue();
    }

    @Test
    void whatClientsAskedForIsBroughtToItsEndWhileThisProxyStepsDownAndRepairsAreNot() {
        serve();

        assertThat(loop.mayRepair()).isTrue();
        fence.drain();
        append(true);

        assertThat(loop.mayServe()).isTrue();
        assertThat(loop.mayRepair()).isFalse();
        assertThat(somethingLeft()).isTrue();
    }

    @Test
    void aRepairIsJudgedByTheClockOfTheMomentAndNotOfTheTurn() {
        serve();
        loop.nowNanos();
        ticker.advance(LEASE_NANOS, TimeUnit.NANOSECONDS);

        assertThat(loop.mayServe()).as("by the time of the turn").isTrue();
        assertThat(loop.mayRepair()).isFalse();
    }

    @Test
    void aDrainOfAnEarlierReignDoesNotEndTheNextOne() {
        serve();
        long earlier = fence.drain();
        fence.open();

        assertThat(fence.close(earlier)).isFalse();
        assertThat(fence.isClosed()).isFalse();
        assertThat(fence.close(fence.drain())).isTrue();
        assertThat(fence.close(earlier + 1)).as("a second time").isFalse();
    }
}
