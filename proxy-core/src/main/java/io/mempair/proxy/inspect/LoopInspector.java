package io.mempair.proxy.inspect;

import io.mempair.proxy.metrics.TimedCommand;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Looks at the requests of one event loop. A loop has one only while somebody looks, so that a request costs one comparison with null
 * otherwise. Confined to its loop.
 */
public final class LoopInspector {

    /** Traces kept for reuse; what is in flight beyond it is left to the garbage collector. */
    private static final int MAX_FREE = 4_096;

    private @Nullable SlowRequests slow;
    private long slowNanos;
    private boolean plainKeys;
    private @Nullable HotKeys hot;
    private final List<Tap> taps = new ArrayList<>(1);
    private @Nullable RequestTrace free;
    private int freeCount;

    /** The server whose answer is being handled, and when it got the request; null between answers. */
    private @Nullable Object server;

    private long sentNanos;

    /** Looks at nothing yet. */
    public LoopInspector() {}

    /**
     * Seeks slow requests, or none any more.
     *
     * @param slow       takes them; null for none
     * @param slowNanos  what takes so long is slow
     * @param plainKeys  whether a key is shown as it is, not its hash
     */
    public void slow(@Nullable SlowRequests slow, long slowNanos, boolean plainKeys) {
        this.slow = slow;
        this.slowNanos = slowNanos;
        this.plainKeys = plainKeys;
    }

    /** Counts keys, or none any more. */
    public void hot(@Nullable HotKeys hot) {
        this.hot = hot;
    }

    /** Shows requests to one more. */
    public void add(Tap tap) {
        taps.add(tap);
    }

    /** Shows it no more. */
    public void remove(Tap tap) {
        taps.remove(tap);
    }

    /** Whether nobody looks, so that the loop needs no inspector. */
    public boolean isIdle() {
        return slow == null && hot == null && taps.isEmpty();
    }

    /**
     * A request was taken from a client.
     *
     * @param length  of its first key; 0 for a command without
     * @return the trace to give back by {@link #left}; null if slow requests are not sought
     */
    public @Nullable RequestTrace taken(TimedCommand command, byte[] bytes, int offset, int length, long nowNanos) {
        if (length > 0) {
            seen(command, bytes, offset, length, nowNanos);
        }
        if (slow == null) {
            return null;
        }
        RequestTrace trace = free;
        if (trace == null) {
            trace = new RequestTrace();
        } else {
            free = trace.next;
            trace.next = null;
            freeCount--;
        }
        trace.begin(command, bytes, offset, length, nowNanos);
        return trace;
    }

    /** One more key of a request. */
    public void seen(TimedCommand command, byte[] bytes, int offset, int length, long nowNanos) {
        HotKeys counted = hot;
        if (counted != null) {
            counted.seen(bytes, offset, length);
        }
        for (int i = 0; i < taps.size(); i++) {
            taps.get(i).offer(command, bytes, offset, length, nowNanos);
        }
    }

    /** From now until {@link #handled} the answer of this server is handled, or its failure, to a request sent then. */
    public void handles(Object ofServer, long atSentNanos) {
        server = ofServer;
        sentNanos = atSentNanos;
    }

    /** The answer is handled. */
    public void handled() {
        server = null;
    }

    /** The answer is complete, and waits for earlier ones of the same client. */
    public void completed(RequestTrace trace, long nowNanos) {
        trace.complete(server, sentNanos, nowNanos);
    }

    /** The whole answer left for the client; the trace is taken back. */
    public void left(RequestTrace trace, long nowNanos) {
        SlowRequests slowOnes = slow;
        if (slowOnes != null && nowNanos - trace.askedNanos >= slowNanos) {
            if (!trace.completed) {
                completed(trace, nowNanos);
            }
            slowOnes.add(trace.ended(plainKeys, nowNanos));
        }
        if (freeCount < MAX_FREE) {
            trace.server = null;
            trace.next = free;
            free = trace;
            freeCount++;
        }
    }
}
