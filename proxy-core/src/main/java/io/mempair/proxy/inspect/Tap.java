package io.mempair.proxy.inspect;

import io.mempair.proxy.metrics.TimedCommand;
import java.util.Queue;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * A live view of requests: loops put them in, one reader takes them out. What finds no room is counted and dropped, so that no loop
 * waits for a reader. Any thread.
 */
public final class Tap {

    /** What a slow reader may be behind. */
    static final int CAPACITY = 1_024;

    private final TapFilter filter;
    private final Queue<TappedRequest> queue = new ArrayBlockingQueue<>(CAPACITY);
    private final AtomicLong dropped = new AtomicLong();

    /** Shows what passes the filter. */
    public Tap(TapFilter filter) {
        this.filter = filter;
    }

    /**
     * One request.
     *
     * @param atNanos  when its loop took it, on the clock of {@link System#nanoTime}
     * @param key      as {@link KeyText#plain}
     */
    public record TappedRequest(long atNanos, TimedCommand command, String key) {}

    void offer(TimedCommand command, byte[] bytes, int offset, int length, long nowNanos) {
        if (filter.matches(command, bytes, offset, length)) {
            // looked at first, so that nothing is made for a reader that is behind
            if (queue.size() >= CAPACITY
                    || !queue.offer(new TappedRequest(nowNanos, command, KeyText.plain(bytes, offset, length)))) {
                dropped.incrementAndGet();
            }
        }
    }

    /** The next one; null if there is none now. */
    public @Nullable TappedRequest poll() {
        return queue.poll();
    }

    /** How many found no room since the last call. */
    public long dropped() {
        return dropped.getAndSet(0);
    }
}
