package io.mempair.proxy.testkit.script;

import io.netty.channel.EventLoop;
import io.netty.channel.ManualIoEventLoop;
import io.netty.channel.local.LocalIoHandler;
import io.netty.util.concurrent.MockTicker;
import io.netty.util.concurrent.Ticker;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/** An event loop that is run by the thread of a test, on a clock that only the test moves. */
public final class VirtualLoop {

    /** Rounds after which a loop that still has something to do goes round in circles. */
    private static final int MOST_ROUNDS = 100_000;

    private final MockTicker ticker = Ticker.newMockTicker();
    private final ManualIoEventLoop loop =
            new ManualIoEventLoop(null, Thread.currentThread(), LocalIoHandler.newFactory(), ticker);

    /** To be used by the thread that made this. */
    public EventLoop eventLoop() {
        return loop;
    }

    /** The clock of the loop. */
    public Ticker ticker() {
        return ticker;
    }

    /** Runs what is ready, and what becomes ready by that. No time passes. */
    public void settle() {
        for (int round = 0; loop.runNow() > 0; round++) {
            if (round > MOST_ROUNDS) {
                throw new AssertionError("the loop never comes to rest");
            }
        }
    }

    /** Lets time pass in steps, with what is due at each. */
    public void advance(Duration time, Duration step) {
        for (long left = time.toNanos(); left > 0; left -= step.toNanos()) {
            ticker.advance(Math.min(left, step.toNanos()), TimeUnit.NANOSECONDS);
            settle();
        }
    }

    /** Lets time pass in one step. */
    public void advance(Duration time) {
        advance(time, time);
    }

    /** Ends the loop: what waits for a time never runs. */
    @SuppressWarnings("deprecation") // a graceful end waits for a clock that nobody moves any more
    public void close() {
        loop.shutdown();
        for (int round = 0; round < MOST_ROUNDS && !loop.isTerminated(); round++) {
            loop.runNow();
        }
    }
}
