package io.mempair.proxy.backend;

import static org.assertj.core.api.Assertions.assertThat;

import io.mempair.proxy.loop.Fence;
import io.mempair.proxy.loop.LoopContext;
import io.mempair.proxy.protocol.text.ReplyLine;
import io.mempair.proxy.protocol.text.ReplyShape;
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

class InFlightQueueTest {

    private static final long TIMEOUT_MILLIS = 500;

    private final MockTicker ticker = Ticker.newMockTicker();
    private final EmbeddedChannel channel =
            EmbeddedChannel.builder().ticker(ticker).build();
    private final LoopContext loop = new LoopContext(channel.eventLoop(), ticker, new Fence(), new IdClock(1, 0, 0));
    private int late;
    private final InFlightQueue queue =
            new InFlightQueue(loop, TimeUnit.MILLISECONDS.toNanos(TIMEOUT_MILLIS), () -> late++);

    @AfterEach
    void close() {
        channel.close();
    }

    private void pass(long millis) {
        for (long left = millis; left > 0; left--) {
            ticker.advance(1, TimeUnit.MILLISECONDS);
            channel.runPendingTasks();
        }
    }

    @Test
    void aRequestIsLateWhenNothingWasHeardForItsTimeout() {
        queue.add(new Request());

        pass(TIMEOUT_MILLIS - 1);
        assertThat(late).isZero();
        pass(5);
        assertThat(late).isEqualTo(1);
    }

    @Test
    void everyRequestHearsOfALossEvenIfOneBeforeItThrows() {
        List<ServerFailure> heard = new ArrayList<>();
        queue.add(new Request() {
            @Override
            protected void failed(ServerFailure failure) {
                throw new AssertionError("a fault of ours");
            }
        });
        queue.add(new Request() {
            @Override
            protected void failed(ServerFailure failure) {
                heard.add(failure);
            }
        });

        queue.failAll(ServerFailure.TIMED_OUT);

        assertThat(heard).containsExactly(ServerFailure.TIMED_OUT);
        assertThat(queue.size()).isZero();
    }

    @Test
    void anAnsweredRequestIsNeverLate() {
        queue.add(new Request());
        pass(100);
        queue.heard();
        queue.removeOldest();

        pass(5_000);
        assertThat(late).isZero();
    }

    @Test
    void theNextOldestHasItsOwnDeadline() {
        queue.add(new Request());
        pass(300);
        queue.add(new Request());
        queue.heard();
        queue.removeOldest();

        pass(TIMEOUT_MILLIS - 1);
        assertThat(late).isZero();
        pass(5);
        assertThat(late).isEqualTo(1);
    }

    @Test
    void aServerThatSendsIsNotLate() {
        queue.add(new Request());
        for (int i = 0; i < 10; i++) {
            pass(TIMEOUT_MILLIS - 100);
            queue.heard();
        }
        assertThat(late).isZero();

        pass(TIMEOUT_MILLIS + 5);
        assertThat(late).isEqualTo(1);
    }

    @Test
    void sendingForEverDoesNotHelp() {
        queue.add(new Request());
        for (int i = 0; i < 20 * TIMEOUT_MILLIS / 100 && late == 0; i++) {
            pass(100);
            queue.heard();
        }
        pass(TIMEOUT_MILLIS + 5);

        assertThat(late).isEqualTo(1);
    }

    @Test
    void norDoesSendingWithoutAnyPause() {
        queue.add(new Request());
        for (int i = 0; i < 21 * TIMEOUT_MILLIS && late == 0; i++) {
            pass(1);
            queue.heard();
        }

        assertThat(late).isEqualTo(1);
    }

    @Test
    void whatCameWhileTheLoopWasHeldUpIsReadBeforeTheServerIsCalledLate() {
        queue.add(new Request());
        ticker.advance(10 * TIMEOUT_MILLIS, TimeUnit.MILLISECONDS);
        channel.runPendingTasks();
        queue.heard();
        queue.removeOldest();

        pass(5_000);
        assertThat(late).isZero();
    }

    private static class Request extends ServerRequest {

        @Override
        protected ReplyShape shape() {
            return ReplyShape.STORED;
        }

        @Override
        protected void line(ByteBuf in, int index, int length, ReplyLine meaning) {
            throw new AssertionError("nothing is answered here");
        }

        @Override
        protected void failed(ServerFailure failure) {
            throw new AssertionError("nobody fails it here");
        }
    }
}
