package io.mempair.proxy.loop;

import io.netty.channel.IoHandler;
import io.netty.channel.IoHandlerContext;
import io.netty.channel.IoHandlerFactory;
import io.netty.util.concurrent.ThreadAwareExecutor;
import io.netty.util.concurrent.Ticker;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Creates I/O handlers that wait for the kernel without a timeout, and wakes their loops from one shared thread when a
 * timer is due.
 *
 * <p>A wait of io_uring with a timeout costs a kernel timer, set and removed each time although nearly all waits end
 * because of input. Instead a loop publishes its next timer here, which costs nothing while that stays the same, and
 * this thread wakes the loop when it is due, up to a millisecond late.
 */
public final class LoopAlarm implements IoHandlerFactory {

    private static final long NEVER = Long.MAX_VALUE;

    /** Nanoseconds in which a busy loop reaches its timer by itself and need not be woken. */
    private static final long GRACE_NANOS = 1_000_000;

    private final IoHandlerFactory handlers;
    private final ThreadFactory threads;
    private final Consumer<Throwable> broken;
    private final Ticker ticker = Ticker.systemTicker();
    private final List<Untimed> loops = new CopyOnWriteArrayList<>();

    /**
     * When the thread scans next. During a scan {@code nextNanos} is {@link #NEVER}, so any earlier deadline wakes the
     * thread.
     */
    private volatile long nextNanos = NEVER;

    /** Written under the lock of this. */
    private volatile @Nullable Thread thread;

    /**
     * @param handlers  creates the handlers to delegate to, for loops on {@link Ticker#systemTicker}
     * @param threads   creates the thread, which lives from the start of the first loop to the end of the last
     * @param broken    receives the exception that ended the thread, as its last action: without it no timer of any
     *     loop fires
     */
    public LoopAlarm(IoHandlerFactory handlers, ThreadFactory threads, Consumer<Throwable> broken) {
        this.handlers = handlers;
        this.threads = threads;
        this.broken = broken;
    }

    @Override
    public IoHandler newHandler(ThreadAwareExecutor loop) {
        return new Untimed(handlers.newHandler(loop));
    }

    @Override
    public boolean isChangingThreadSupported() {
        return handlers.isChangingThreadSupported();
    }

    private synchronized void add(Untimed loop) {
        loops.add(loop);
        if (thread == null) {
            Thread watching = threads.newThread(this::watch);
            thread = watching;
            watching.start();
        }
    }

    private synchronized void remove(Untimed loop) {
        loops.remove(loop);
        if (loops.isEmpty()) {
            Thread ending = thread;
            thread = null;
            LockSupport.unpark(ending);
        }
    }

    private void watch() {
        try {
            wakeWhatIsDue();
        } catch (Throwable t) {
            broken.accept(t);
            throw t;
        }
    }

    private void wakeWhatIsDue() {
        while (thread == Thread.currentThread()) {
            nextNanos = NEVER;
            long nowNanos = ticker.nanoTime();
            long earliestNanos = NEVER;
            for (Untimed loop : loops) {
                earliestNanos = Math.min(earliestNanos, loop.wakeIfDue(nowNanos));
            }
            nextNanos = earliestNanos;
            LockSupport.parkNanos(this, earliestNanos - nowNanos);
        }
    }

    /** The handler of one loop. Confined to the loop's thread, except {@link #wakeIfDue} and {@link #wakeup}. */
    private final class Untimed extends ForwardingIoHandler implements IoHandlerContext {

        /** The next timer of the loop while it waits. */
        private final AtomicLong dueNanos = new AtomicLong(NEVER);

        private @Nullable IoHandlerContext running;

        Untimed(IoHandler handler) {
            super(handler);
        }

        /** Wakes the loop if its timer is due; returns when it is due otherwise. */
        long wakeIfDue(long nowNanos) {
            long due = dueNanos.get();
            if (due <= nowNanos && dueNanos.compareAndSet(due, NEVER)) {
                wakeup();
            }
            return dueNanos.get();
        }

        @Override
        public int run(IoHandlerContext context) {
            running = context;
            return super.run(this);
        }

        private IoHandlerContext running() {
            IoHandlerContext context = running;
            if (context == null) {
                throw new AssertionError("called before the loop ran");
            }
            return context;
        }

        /** Returns no deadline. Called when the handler is about to wait, so it sets the alarm. */
        @Override
        public long deadlineNanos() {
            long deadline = running().deadlineNanos();
            long due = deadline == -1 ? NEVER : deadline + GRACE_NANOS;
            if (due != dueNanos.get()) {
                dueNanos.set(due);
                if (due < nextNanos) {
                    LockSupport.unpark(thread);
                }
            }
            return -1;
        }

        @Override
        public boolean canBlock() {
            return running().canBlock();
        }

        @Override
        public long delayNanos(long currentTimeNanos) {
            return running().delayNanos(currentTimeNanos);
        }

        @Override
        public void reportActiveIoTime(long activeNanos) {
            running().reportActiveIoTime(activeNanos);
        }

        @Override
        public boolean shouldReportActiveIoTime() {
            return running().shouldReportActiveIoTime();
        }

        @Override
        public void initialize() {
            super.initialize();
            add(this);
        }

        @Override
        public void destroy() {
            remove(this);
            super.destroy();
        }
    }
}
