package io.mempair.proxy.backend;

import io.mempair.proxy.config.ServerAddress;
import io.mempair.proxy.inspect.LoopInspector;
import io.mempair.proxy.loop.LoopContext;
import io.netty.util.concurrent.Future;
import java.util.ArrayDeque;
import java.util.Iterator;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The requests in flight on one connection, oldest first, and their timeout. One timer serves all requests: it is armed
 * for the oldest one and re-armed when it fires. Confined to its loop.
 *
 * <p>A server that is sending is not late: while bytes arrive, the oldest request keeps waiting, because its reply may
 * follow a large value. Nor is a server late that has not received the request: its time starts when the request leaves
 * at the end of the loop's turn, and is extended while a part of it is unsent and the server keeps reading.
 * {@link #MAX_TIMEOUTS} bounds both.
 */
final class InFlightQueue {

    private static final Logger LOG = LoggerFactory.getLogger(InFlightQueue.class);

    /** Multiple of the timeout after which a request is late although the server is sending. */
    private static final int MAX_TIMEOUTS = 20;

    /** Nanoseconds to read pending input after the loop was delayed, before a server counts as late. */
    private static final long LAST_LOOK_NANOS = 2_000_000;

    private final LoopContext loop;
    private final ServerAddress server;
    private final Runnable onLate;
    private final LongSupplier leftBytes;
    private final ArrayDeque<ServerRequest> requests = new ArrayDeque<>();

    /** Of this loop and server: only this loop writes it, so it needs no atomic addition. */
    private final AtomicInteger counted;

    private long timeoutNanos;
    private long heardNanos;
    private boolean lastLook;

    /** Bytes sent when the timer was armed. */
    private long leftBefore;

    /** The request that was partly unsent when the timer last fired, or null. */
    private @Nullable ServerRequest unsent;

    private @Nullable Future<?> timer;

    /**
     * @param server        whose requests they are
     * @param timeoutNanos  time for one reply
     * @param onLate        runs when the oldest reply is late
     * @param leftBytes     bytes of the connection that the kernel has accepted
     * @param counted       shows other threads how many requests are in flight; written by this loop only
     */
    InFlightQueue(
            LoopContext loop,
            ServerAddress server,
            long timeoutNanos,
            Runnable onLate,
            LongSupplier leftBytes,
            AtomicInteger counted) {
        this.counted = counted;
        this.leftBytes = leftBytes;
        this.loop = loop;
        this.server = server;
        this.timeoutNanos = timeoutNanos;
        this.onLate = onLate;
        this.heardNanos = loop.clockNanos() - timeoutNanos;
    }

    /** Changes the timeout of later requests; requests in flight keep theirs. */
    void change(long nextTimeoutNanos) {
        timeoutNanos = nextTimeoutNanos;
        if (timer != null) {
            timer.cancel(false);
            arm(nextTimeoutNanos);
        }
    }

    /** @param endPosition  position of its last byte in the connection's output */
    void add(ServerRequest request, long endPosition) {
        request.endPosition = endPosition;
        request.sentNanos = loop.nowNanos();
        request.deadlineNanos = request.sentNanos + timeoutNanos;
        if (timer == null) {
            arm(timeoutNanos);
        }
        requests.add(request);
        count(1);
    }

    private void count(int change) {
        counted.lazySet(counted.getPlain() + change);
    }

    /** Requests added in a turn that began at {@code beganNanos} left only at {@code nowNanos}. */
    void leftLate(long beganNanos, long nowNanos) {
        Iterator<ServerRequest> youngestFirst = requests.descendingIterator();
        while (youngestFirst.hasNext()) {
            ServerRequest request = youngestFirst.next();
            if (request.sentNanos - beganNanos < 0) {
                return;
            }
            request.deadlineNanos = nowNanos + timeoutNanos;
        }
    }

    /** The request that the next reply belongs to, or null. */
    @Nullable
    ServerRequest oldest() {
        return requests.peek();
    }

    /** Removes and returns the oldest request: it is answered. */
    ServerRequest removeOldest() {
        ServerRequest oldest = requests.remove();
        if (unsent == oldest) {
            unsent = null; // the object may come again, as another request
        }
        count(-1);
        return oldest;
    }

    int size() {
        return requests.size();
    }

    /** Whether any request in flight requires that this node may serve. */
    boolean hasFenced() {
        for (ServerRequest request : requests) {
            if (request.isFenced()) {
                return true;
            }
        }
        return false;
    }

    /**
     * Fails every request in flight, even if one of them throws: nobody else would end them, and the caller reconnects
     * next.
     */
    void failAll(ServerFailure failure) {
        lastLook = false;
        unsent = null;
        leftBefore = 0;
        for (ServerRequest request = requests.poll(); request != null; request = requests.poll()) {
            count(-1);
            fail(request, failure);
        }
    }

    /** Fails a request. Does not throw. */
    void fail(ServerRequest request, ServerFailure failure) {
        LoopInspector inspector = loop.inspector();
        if (inspector != null) {
            inspector.handles(server, request.sentNanos);
        }
        try {
            request.failed(failure);
        } catch (RuntimeException | Error defect) {
            loop.threw(defect);
            LOG.error("internal error: a request could not be failed ({})", failure, defect);
        }
        if (inspector != null) {
            inspector.handled();
        }
    }

    /** Bytes have arrived from the server. */
    void heard() {
        heardNanos = loop.nowNanos();
        lastLook = false;
    }

    private void arm(long delayNanos) {
        leftBefore = leftBytes.getAsLong();
        timer = loop.eventLoop().schedule(this::check, delayNanos, TimeUnit.NANOSECONDS);
    }

    private void check() {
        timer = null;
        ServerRequest oldest = requests.peek();
        if (unsent != oldest) {
            unsent = null;
        }
        if (oldest == null) {
            lastLook = false;
            return;
        }
        long nowNanos = loop.nowNanos();
        long silentNanos = nowNanos - heardNanos;
        long lateNanos = nowNanos - oldest.deadlineNanos;
        boolean sending = silentNanos < timeoutNanos && lateNanos < (MAX_TIMEOUTS - 1) * timeoutNanos;
        if (lateNanos < 0) {
            // a later request may have a shorter timeout than the oldest
            arm(Math.min(-lateNanos, timeoutNanos));
        } else if (sending) {
            arm(timeoutNanos - silentNanos);
        } else if (isBeingSent(oldest, lateNanos)) {
            arm(timeoutNanos);
        } else if (!lastLook && silentNanos >= timeoutNanos) {
            lastLook = true;
            arm(LAST_LOOK_NANOS);
        } else {
            lastLook = false;
            onLate.run();
        }
    }

    /**
     * Whether the server has not yet had the request for its timeout: a part of it is unsent and earlier bytes have
     * left since the last check; or that was so at the last check, and its time starts now.
     */
    private boolean isBeingSent(ServerRequest oldest, long lateNanos) {
        long left = leftBytes.getAsLong();
        boolean waits = left < oldest.endPosition;
        if (!waits && unsent == oldest) {
            unsent = null;
            return true;
        }
        unsent = waits ? oldest : null;
        return waits && left > leftBefore && lateNanos < (MAX_TIMEOUTS - 1) * timeoutNanos;
    }
}
