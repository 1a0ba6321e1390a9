package io.mempair.proxy.loop;

import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Notices on one loop that the lease has ended although nothing happens there. A lease is renewed many times before it ends,
 * so the timer is not moved each time: when it fires it looks how long the lease lasts by then. On the loop, but for
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

    /** Before the first lease. */
    void onOver(Runnable task) {
        over = task;
    }

    /** Begins to watch, unless that goes on. Any thread. */
    void leaseChanged() {
        if (fence.untilNanos() != Fence.UNLIMITED && armed.compareAndSet(false, true)) {
            try {
                loop.eventLoop().execute(this::look);
            } catch (RejectedExecutionException ended) {
                // the loop has ended, and all its connections with it
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
            leaseChanged(); // while this looked
        }
    }
}
