package io.mempair.proxy.backend;

import static org.assertj.core.api.Assertions.assertThat;

import io.mempair.proxy.config.ServerAddress;
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
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class InFlightQueueTest {

    private static final long TIMEOUT_MILLIS = 500;

    private final MockTicker ticker = Ticker.newMockTicker();
    private final EmbeddedChannel channel =
            EmbeddedChannel.builder().ticker(ticker).build();
    private final LoopContext loop = new LoopContext(channel.eventLoop(), ticker, new Fence(), new IdClock(1, 0, 0));
    private int late;

    /** Bytes that the kernel has taken. */
    private long left;

    private final AtomicInteger counted = new AtomicInteger();

    private final InFlightQueue queue = new InFlightQueue(
            loop,
            new ServerAddress("m1", 11211),
            TimeUnit.MILLISECONDS.toNanos(TIMEOUT_MILLIS),
            () -> late++,
            () -> left,
            counted);

    @AfterEach
    void close() {
        channel.close();
    }

    /** A request whose last byte is the one with that number of the connection. */
    private void add(long endPosition) {
        queue.add(new SilentRequest(), endPosition);
    }

    private void pass(long millis) {
        for (long left = millis; left > 0; left--) {
            ticker.advance(1, TimeUnit.MILLISECONDS);
            channel.runPendingTasks();
        }
    }

    @Test
    void aRequestIsLateWhenNothingWasHeardForItsTimeout() {
        add(0);

        pass(TIMEOUT_MILLIS - 1);
        assertThat(late).isZero();
        pass(5);
        assertThat(late).isEqualTo(1);
    }

    @Test
    void anObjectThatComesAgainHasNoMoreTimeBecauseItsEarlierRequestWasSentSlowly() {
        SilentRequest request = new SilentRequest();
        queue.add(request, 100);
        left = 50;
        pass(TIMEOUT_MILLIS);
        left = 100;
        queue.heard();
        queue.removeOldest();

        queue.add(request, 100);
        pass(TIMEOUT_MILLIS + 10);

        assertThat(late).isEqualTo(1);
    }

    @Test
    void otherThreadsAreShownWhatIsInFlight() {
        add(0);
        add(0);
        add(0);
        assertThat(counted).hasValue(3);
        queue.removeOldest();
        assertThat(counted).hasValue(2);
        queue.failAll(ServerFailure.CONNECTION_LOST);
        assertThat(counted).hasValue(0);
    }

    @Test
    void everyRequestHearsOfALossEvenIfOneBeforeItThrows() {
        List<ServerFailure> heard = new ArrayList<>();
        SilentRequest throwing = new SilentRequest() {
            @Override
            protected void failed(ServerFailure failure) {
                throw new AssertionError("a fault of ours");
            }
        };
        SilentRequest listening = new SilentRequest() {
            @Override
            protected void failed(ServerFailure failure) {
                heard.add(failure);
            }
        };
        queue.add(throwing, 0);
        queue.add(listening, 0);

        queue.failAll(ServerFailure.TIMED_OUT);

        assertThat(heard).containsExactly(ServerFailure.TIMED_OUT);
        assertThat(queue.size()).isZero();
    }

    @Test
    void anAnsweredRequestIsNeverLate() {
        add(0);
        pass(100);
        queue.heard();
        queue.removeOldest();

        pass(5_000);
        assertThat(late).isZero();
    }

    @Test
    void theNextOldestHasItsOwnDeadline() {
        add(0);
        pass(300);
        add(0);
        queue.heard();
        queue.removeOldest();

        pass(TIMEOUT_MILLIS - 1);
        assertThat(late).isZero();
        pass(5);
        assertThat(late).isEqualTo(1);
    }

    @Test
    void aServerThatSendsIsNotLate() {
        add(0);
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
        add(0);
        for (int i = 0; i < 20 * TIMEOUT_MILLIS / 100 && late == 0; i++) {
            pass(100);
            queue.heard();
        }
        pass(TIMEOUT_MILLIS + 5);

        assertThat(late).isEqualTo(1);
    }

    @Test
    void norDoesSendingWithoutAnyPause() {
        add(0);
        for (int i = 0; i < 21 * TIMEOUT_MILLIS && late == 0; i++) {
            pass(1);
            queue.heard();
        }

        assertThat(late).isEqualTo(1);
    }

    @Test
    void whatCameWhileTheLoopWasHeldUpIsReadBeforeTheServerIsCalledLate() {
        add(0);
        ticker.advance(10 * TIMEOUT_MILLIS, TimeUnit.MILLISECONDS);
        channel.runPendingTasks();
        queue.heard();
        queue.removeOldest();

        pass(5_000);
        assertThat(late).isZero();
    }

    @Test
    void theTimeOfARequestBeginsWhenItsLongTurnIsOver() {
        add(10);
        left = 10;
        long beganNanos = loop.nowNanos();
        ticker.advance(3 * TIMEOUT_MILLIS, TimeUnit.MILLISECONDS);
        queue.leftLate(beganNanos, loop.clockNanos());

        pass(TIMEOUT_MILLIS - 1);
        assertThat(late).isZero();
        pass(5);
        assertThat(late).isEqualTo(1);
    }

    @Test
    void aLongTurnGivesNoTimeToWhatWasAskedBeforeIt() {
        add(10);
        left = 20;
        pass(1);
        add(20);
        queue.leftLate(loop.nowNanos(), loop.clockNanos() + TimeUnit.MILLISECONDS.toNanos(10_000));

        pass(TIMEOUT_MILLIS + 5);
        assertThat(late).isEqualTo(1);
    }

    @Test
    void aRequestIsNotLateWhileTheServerReadsWhatIsBeforeItAndHasItsTimeThen() {
        add(1_000);
        for (int i = 0; i < 5; i++) {
            left += 150;
            pass(TIMEOUT_MILLIS - 10);
        }
        assertThat(late).isZero();

        left = 1_000;
        pass(TIMEOUT_MILLIS);
        assertThat(late).as("its time began at some point of this").isZero();
        pass(2 * TIMEOUT_MILLIS);
        assertThat(late).isEqualTo(1);
    }

    @Test
    void aServerThatReadsNothingIsLate() {
        left = 400;
        add(1_000);

        pass(TIMEOUT_MILLIS + 5);
        assertThat(late).isEqualTo(1);
    }

    @Test
    void takingYoungerRequestsDoesNotHelpAServerThatHasTheOldest() {
        add(10);
        for (int i = 0; i < TIMEOUT_MILLIS + 5; i++) {
            left += 100;
            pass(1);
        }

        assertThat(late).isEqualTo(1);
    }

    @Test
    void readingForEverDoesNotHelpEither() {
        add(Long.MAX_VALUE);
        for (int i = 0; i < 22 * TIMEOUT_MILLIS && late == 0; i++) {
            left++;
            pass(1);
        }

        assertThat(late).isEqualTo(1);
    }

    private static class SilentRequest extends ServerRequest {

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
