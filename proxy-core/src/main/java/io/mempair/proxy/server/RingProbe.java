package io.mempair.proxy.server;

import io.netty.channel.IoHandler;
import io.netty.channel.IoHandlerContext;
import io.netty.channel.IoHandlerFactory;
import io.netty.util.concurrent.ThreadAwareExecutor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Tests whether an I/O handler works on this host: creates a ring, waits briefly, and closes it. Netty only checks that
 * a ring can be created; if a system call filter refuses io_uring_enter, each loop would end at its first wait. Blocks
 * for some milliseconds.
 */
final class RingProbe implements IoHandlerContext, ThreadAwareExecutor {

    private static final long WAIT_NANOS = TimeUnit.MILLISECONDS.toNanos(1);

    private final Thread thread = Thread.currentThread();

    private RingProbe() {}

    /** What does not work, or null. */
    static @Nullable Throwable failure(IoHandlerFactory handlers) {
        RingProbe probe = new RingProbe();
        IoHandler handler;
        try {
            handler = handlers.newHandler(probe);
        } catch (RuntimeException | LinkageError e) {
            return e;
        }
        Throwable failure = null;
        try {
            handler.initialize();
            handler.run(probe);
        } catch (RuntimeException | LinkageError e) {
            failure = e;
        }
        try {
            handler.destroy();
        } catch (RuntimeException e) {
            return failure == null ? e : failure;
        }
        return failure;
    }

    @Override
    public boolean canBlock() {
        return true;
    }

    @Override
    public long delayNanos(long currentTimeNanos) {
        return WAIT_NANOS;
    }

    /** Any but -1, which would be to wait for ever. */
    @Override
    public long deadlineNanos() {
        return WAIT_NANOS;
    }

    @Override
    public boolean isExecutorThread(Thread asked) {
        return asked == thread;
    }

    @Override
    public void execute(Runnable task) {
        throw new AssertionError("nothing is registered, so there is nothing to do");
    }
}
