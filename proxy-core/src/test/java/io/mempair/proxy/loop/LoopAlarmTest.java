package io.mempair.proxy.loop;

import static java.util.concurrent.TimeUnit.HOURS;
import static java.util.concurrent.TimeUnit.MICROSECONDS;
import static java.util.concurrent.TimeUnit.MILLISECONDS;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.netty.channel.EventLoop;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.uring.IoUring;
import io.netty.channel.uring.IoUringIoHandler;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

@Timeout(60)
class LoopAlarmTest {

    private static final String THREAD = "alarm-under-test";
    private static final int LOOPS = 3;

    private MultiThreadIoEventLoopGroup group;

    /** With a wait of the JDK, and with io_uring where it works. */
    static Stream<IoHandlerFactory> handlers() {
        return IoUring.isAvailable()
                ? Stream.of(NioIoHandler.newFactory(), IoUringIoHandler.newFactory())
                : Stream.of(NioIoHandler.newFactory());
    }

    private void start(IoHandlerFactory handlers) {
        group = new MultiThreadIoEventLoopGroup(
                LOOPS,
                new DefaultThreadFactory("loop-under-test", true),
                new LoopAlarm(handlers, new DefaultThreadFactory(THREAD, true), thrown -> {}));
    }

    @AfterEach
    void itsThreadEndsWithTheLoops() {
        assertThat(group.shutdownGracefully(0, 5, SECONDS).awaitUninterruptibly(10, SECONDS))
                .isTrue();
        await().atMost(Duration.ofSeconds(10)).until(() -> alarms() == 0);
    }

    private static long alarms() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().startsWith(THREAD))
                .count();
    }

    @ParameterizedTest
    @MethodSource("handlers")
    void aTimerOfALoopWithNothingElseToDoComes(IoHandlerFactory handlers) throws Exception {
        start(handlers);
        var due = new CountDownLatch(1);

        group.next().schedule(due::countDown, 5, MILLISECONDS);

        assertThat(due.await(20, SECONDS)).isTrue();
        assertThat(alarms()).isEqualTo(1);
    }

    @ParameterizedTest
    @MethodSource("handlers")
    void anEarlierTimerOvertakesALaterOne(IoHandlerFactory handlers) throws Exception {
        start(handlers);
        var late = new CountDownLatch(1);
        var early = new CountDownLatch(1);
        EventLoop loop = group.next();
        loop.schedule(late::countDown, 1, HOURS);

        loop.schedule(early::countDown, 5, MILLISECONDS);

        assertThat(early.await(20, SECONDS)).isTrue();
        assertThat(late.getCount()).isEqualTo(1);
    }

    @ParameterizedTest
    @MethodSource("handlers")
    void timersThatRepeatGoOn(IoHandlerFactory handlers) throws Exception {
        start(handlers);
        var rounds = new CountDownLatch(3 * 50);
        List<ScheduledFuture<?>> repeated = new ArrayList<>();
        for (int i = 0; i < LOOPS; i++) {
            repeated.add(group.next().scheduleAtFixedRate(rounds::countDown, i, 2, MILLISECONDS));
        }

        assertThat(rounds.await(20, SECONDS)).isTrue();
        repeated.forEach(timer -> timer.cancel(false));
    }

    /** Set from other threads and from the loops, many due at once: none is missed. */
    @ParameterizedTest
    @MethodSource("handlers")
    void noneOfManyIsMissed(IoHandlerFactory handlers) {
        start(handlers);
        var random = new SplittableRandom(71);
        var came = new AtomicInteger();
        int timers = 3_000;
        for (int i = 0; i < timers; i++) {
            long micros = random.nextInt(30_000);
            EventLoop loop = group.next();
            if (random.nextBoolean()) {
                loop.schedule(came::incrementAndGet, micros, MICROSECONDS);
            } else {
                loop.execute(() -> loop.schedule(came::incrementAndGet, micros, MICROSECONDS));
            }
        }

        await().atMost(Duration.ofSeconds(20)).until(() -> came.get() == timers);
    }
}
