package io.mempair.proxy.loop;

import static org.assertj.core.api.Assertions.assertThat;

import io.mempair.proxy.replication.IdClock;
import io.netty.buffer.ByteBuf;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.util.concurrent.MockTicker;
import io.netty.util.concurrent.Ticker;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What a batch knows of when its bytes left. */
class LongTurnTest {

    private final MockTicker ticker = Ticker.newMockTicker();
    private final EmbeddedChannel channel = new EmbeddedChannel();
    private final LoopContext loop = new LoopContext(channel.eventLoop(), ticker, new Fence(), new IdClock(1, 0, 0));
    private final OutputBatch batch =
            OutputBatch.toServer(loop, channel, loop.memory().openShared(() -> {}), channel::close);
    private final List<Long> told = new ArrayList<>();

    @AfterEach
    void release() {
        channel.finishAndReleaseAll();
    }

    @Test
    void aLongTurnIsToldWithItsBeginningAndItsEnd() {
        batch.onLongTurn((beganNanos, endedNanos) -> told.addAll(List.of(beganNanos, endedNanos)));
        long beganNanos = loop.nowNanos();
        batch.bytes(new byte[100]);
        ticker.advance(6, TimeUnit.MILLISECONDS);
        channel.runPendingTasks();

        assertThat(told).containsExactly(beganNanos, beganNanos + 6_000_000);
    }

    @Test
    void aShortTurnIsNot() {
        batch.onLongTurn((beganNanos, endedNanos) -> told.addAll(List.of(beganNanos, endedNanos)));
        batch.bytes(new byte[100]);
        ticker.advance(4, TimeUnit.MILLISECONDS);
        channel.runPendingTasks();

        assertThat(told).isEmpty();
    }

    @Test
    void positionsCountEveryByteWhetherItIsCopiedOrSlicedOrStillHere() {
        ByteBuf large = channel.alloc().buffer().writeZero(10_000);
        batch.bytes(new byte[100]);
        batch.bytes(large, 0, 10_000);
        batch.bytes(new byte[7]);
        large.release();
        assertThat(batch.position()).isEqualTo(10_107);
        assertThat(batch.leftBytes()).as("not flushed").isLessThan(10_100);

        channel.runPendingTasks();
        assertThat(batch.position()).isEqualTo(10_107);
        assertThat(batch.leftBytes()).isEqualTo(10_107);
    }
}
