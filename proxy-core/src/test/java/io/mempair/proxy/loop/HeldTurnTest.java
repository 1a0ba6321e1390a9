package io.mempair.proxy.loop;

import static org.assertj.core.api.Assertions.assertThat;

import io.mempair.proxy.metrics.ProxyMeter;
import io.mempair.proxy.replication.IdClock;
import io.netty.buffer.ByteBuf;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.SingleThreadEventLoop;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.channel.local.LocalIoHandler;
import io.netty.util.concurrent.MockTicker;
import io.netty.util.concurrent.Ticker;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What waits while a loop holds a turn, on a loop that runs and a clock that does not. */
@Timeout(30)
class HeldTurnTest {

    private static final byte[] LINE = "get k\r\n".getBytes(StandardCharsets.US_ASCII);
    private static final long BOUND_NANOS = 200_000;

    private final EventLoopGroup group = new MultiThreadIoEventLoopGroup(1, LocalIoHandler.newFactory());
    private final EventLoop thread = group.next();
    private final MockTicker ticker = Ticker.newMockTicker();
    private final EmbeddedChannel channel = new EmbeddedChannel();
    private final Fence fence = new Fence();
    private final Gather gather = new Gather(BOUND_NANOS);
    private LoopContext loop;
    private OutputBatch batch;

    @BeforeEach
    void appendToATurnThatIsHeld() throws Exception {
        onLoop(() -> {
            loop = new LoopContext(
                    thread, ticker, fence, new IdClock(1, 0, 0), thrown -> {}, MemoryBudget.unlimited(), 0, gather);
            batch = OutputBatch.toServer(loop, channel, loop.memory().openShared(() -> {}), channel::close);
            ticker.advance(GatherTest.loaded(gather, loop.clockNanos()) - loop.clockNanos(), TimeUnit.NANOSECONDS);
            fence.open();
            fence.lease(loop.clockNanos() + 10 * BOUND_NANOS);
            batch.bytes(LINE);
            batch.holdsRequest();
            return null;
        });
        awaitLooks();
    }

    @AfterEach
    void release() {
        group.shutdownGracefully(0, 1, TimeUnit.SECONDS).syncUninterruptibly();
        channel.finishAndReleaseAll();
    }

    private <T> T onLoop(Callable<T> task) throws InterruptedException, ExecutionException, TimeoutException {
        return thread.submit(task).get(20, TimeUnit.SECONDS);
    }

    /** Returns when the loop has looked at its sockets, and at the turn, at least once more. */
    private void awaitLooks() throws Exception {
        CompletableFuture<Void> looked = new CompletableFuture<>();
        thread.execute(() -> inNextIteration(() -> inNextIteration(() -> looked.complete(null))));
        looked.get(20, TimeUnit.SECONDS);
    }

    private void inNextIteration(Runnable task) {
        ((SingleThreadEventLoop) thread).executeAfterEventLoopIteration(() -> thread.execute(task));
    }

    private boolean hasLeft() throws Exception {
        awaitLooks();
        return onLoop(() -> {
            ByteBuf sent = channel.readOutbound();
            if (sent != null) {
                sent.release();
            }
            return sent != null;
        });
    }

    @Test
    void itLeavesWhenItsTimeIsOverAndNotBefore() throws Exception {
        ticker.advance(BOUND_NANOS - 1, TimeUnit.NANOSECONDS);
        assertThat(hasLeft()).as("before").isFalse();
        ticker.advance(1, TimeUnit.NANOSECONDS);

        assertThat(hasLeft()).isTrue();
        assertThat(loop.counters().value(ProxyMeter.TURNS_HELD)).isEqualTo(1);
        assertThat(loop.counters().value(ProxyMeter.TURNS_NOT_HELD)).isZero();
    }

    @Test
    void aRequestDoesNotLeaveWhenTheLeaseEndsWhileItIsHeld() throws Exception {
        fence.lease(loop.clockNanos() + BOUND_NANOS);
        ticker.advance(BOUND_NANOS, TimeUnit.NANOSECONDS);

        assertThat(hasLeft()).isFalse();
        assertThat(channel.isOpen()).isFalse();
    }

    @Test
    void aRequestDoesNotLeaveWhenThisProxyStepsDownWhileItIsHeld() throws Exception {
        fence.close(fence.drain());
        ticker.advance(BOUND_NANOS, TimeUnit.NANOSECONDS);

        assertThat(hasLeft()).isFalse();
        assertThat(channel.isOpen()).isFalse();
    }

    @Test
    void theTimeOfATurnGoesOnWhileItIsHeld() throws Exception {
        long beganNanos = onLoop(() -> loop.nowNanos());
        ticker.advance(BOUND_NANOS / 2, TimeUnit.NANOSECONDS);
        awaitLooks();

        assertThat(onLoop(() -> loop.nowNanos()) - beganNanos).isEqualTo(BOUND_NANOS / 2);
    }

    @Test
    void muchInputEndsIt() throws Exception {
        onLoop(() -> {
            loop.heardServer(300 * 1_024);
            return null;
        });

        assertThat(hasLeft()).isTrue();
    }

    @Test
    void aLoopThatShutsDownEndsIt() throws Exception {
        group.shutdownGracefully(0, 10, TimeUnit.SECONDS).syncUninterruptibly();
        ByteBuf sent = channel.readOutbound();

        assertThat(sent).isNotNull();
        sent.release();
    }
}
