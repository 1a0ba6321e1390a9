package io.mempair.proxy.loop;

import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Detects on one loop that the lease has ended, even if the loop is idle. A lease is renewed many times before it ends,
 * so the timer is not moved at each renewal: when it fires it reads the current end. Confined to the loop, except
 * {@link #leaseChanged}.
 */
final class LeaseWatch {

    private final LoopContext loop;
    private final Fence fence;
    private final AtomicBoolean armed = new AtomicBoolean();
    private Runnable over = () -> {};

    LeaseWatch(LoopContext loop, Fence fence) {
        this.loop = loop;
        this.fence = fence;
    }

    /** Sets the task to run when a lease ends; call it before the first lease. */
    void onOver(Runnable task) {
        over = task;
    }

    /** Starts the watch, unless it is running. Any thread. */
    void leaseChanged() {
        if (fence.untilNanos() != Fence.UNLIMITED && armed.compareAndSet(false, true)) {
            try {
                loop.eventLoop().execute(this::look);
            } catch (RejectedExecutionException ended) {
                // the loop has terminated, with all its connections
            }
        }
    }

    private void look() {
        long until = fence.untilNanos();
        long leftNanos = until - loop.clockNanos();
        if (until != Fence.UNLIMITED && leftNanos > 0) {
            loop.eventLoop().schedule(this::look, leftNanos, TimeUnit.NANOSECONDS);
            return;
        }
        armed.set(false);
        if (until != Fence.UNLIMITED) {
            over.run();
        }
        if (fence.untilNanos() != until) {
            leaseChanged(); // changed during the check
        }
    }
}
