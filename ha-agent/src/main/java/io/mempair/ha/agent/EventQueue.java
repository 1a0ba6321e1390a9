package io.mempair.ha.agent;

import io.mempair.ha.election.Event;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.LongConsumer;
import java.util.function.LongFunction;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The queue of the agent thread. An event gets its time when it is dequeued, not when it was enqueued: that is safe for
 * leases, and time never goes back. Any thread may enqueue. A full queue drops the event, because callers must not
 * block; the election has a timeout for every lost outcome.
 */
final class EventQueue {

    private static final Logger LOG = LoggerFactory.getLogger(EventQueue.class);
    private static final int MAX_EVENTS = 4_096;

    private final BlockingQueue<LongFunction<Optional<Event>>> queue = new ArrayBlockingQueue<>(MAX_EVENTS);
    private final LongAdder dropped = new LongAdder();

    void put(LongFunction<Event> event) {
        offer(nowNanos -> Optional.of(event.apply(nowNanos)));
    }

    /**
     * Enqueues a task for the agent thread that does not concern the election; it receives the time. Returns false if
     * the queue is full.
     */
    boolean putTask(LongConsumer task) {
        return putStep(nowNanos -> {
            task.accept(nowNanos);
            return Optional.empty();
        });
    }

    /** Enqueues a task that may have an event for the election, which comes before any other; as {@link #putTask}. */
    boolean putStep(LongFunction<Optional<Event>> step) {
        return offer(nowNanos -> {
            try {
                return step.apply(nowNanos);
            } catch (RuntimeException e) {
                LOG.error("internal error: a task of the agent failed", e);
                return Optional.empty();
            }
        });
    }

    private boolean offer(LongFunction<Optional<Event>> next) {
        boolean taken = queue.offer(next);
        if (!taken) {
            if (dropped.sum() == 0) {
                LOG.error("the agent cannot keep up: dropping events");
            }
            dropped.increment();
        }
        return taken;
    }

    /** The next event, or the next task, which runs when called. Null if none came in time. Agent thread. */
    @Nullable
    LongFunction<Optional<Event>> poll(long waitNanos) throws InterruptedException {
        return queue.poll(Math.max(0, waitNanos), TimeUnit.NANOSECONDS);
    }

    double dropped() {
        return dropped.doubleValue();
    }
}
