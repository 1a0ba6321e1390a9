package io.mempair.proxy.backend;

import io.mempair.proxy.loop.LoopContext;
import io.netty.util.concurrent.Future;
import java.util.ArrayDeque;
import java.util.Iterator;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The requests one connection waits for, oldest first, and the watch over the oldest. One timer serves all: it is armed
 * for the oldest, and when it fires for the next oldest, not for each request. Confined to its loop.
 *
 * <p>A server that is sending is not late: as long as bytes come, the oldest request waits on, since behind a large
 * value, or many, its answer may be long on its way. Nor is one late to which the oldest request has not been sent: the clock
 * of a request starts when its turn of the loop is over and it leaves, and while a part of it waits here and the server reads on,
 * it waits on. {@link #MAX_TIMEOUTS} bounds even that.
 */
final class InFlightQueue {

    private static final Logger LOG = LoggerFactory.getLogger(InFlightQueue.class);

    /** Timeouts after which a request is late although the server is sending. */
    private static final int MAX_TIMEOUTS = 20;

    /** Nanoseconds; time to read what came while the loop was held up, before a server is called late. */
    private static final long LAST_LOOK_NANOS = 2_000_000;

    private final LoopContext loop;
    private final Runnable onLate;
    private final LongSupplier leftBytes;
    private final ArrayDeque<ServerRequest> requests = new ArrayDeque<>();
    private long timeoutNanos;
    private long heardNanos;
    private boolean lastLook;

    /** What had left when the timer was armed. */
    private long leftBefore;

    /** The request of which a part was still here when the timer fired last, or null. */
    private @Nullable ServerRequest unsent;

    private @Nullable Future<?> timer;

    /**
     * @param timeoutNanos  time for one answer
     * @param onLate        runs when the oldest answer is too late
     * @param leftBytes     how many bytes of the connection the kernel has taken
     */
    InFlightQueue(LoopContext loop, long timeoutNanos, Runnable onLate, LongSupplier leftBytes) {
        this.leftBytes = leftBytes;
        this.loop = loop;
        this.timeoutNanos = timeoutNanos;
        this.onLate = onLate;
        this.heardNanos = loop.clockNanos() - timeoutNanos;
    }

    /** Gives requests to come this long; those in flight keep the time they were given. */
    void change(long nextTimeoutNanos) {
        timeoutNanos = nextTimeoutNanos;
        if (timer != null) {
            timer.cancel(false);
            arm(nextTimeoutNanos);
        }
    }

    /** @param endPosition  where its last byte stands among all bytes of the connection */
    void add(ServerRequest request, long endPosition) {
        request.endPosition = endPosition;
        request.sentNanos = loop.nowNanos();
        request.deadlineNanos = request.sentNanos + timeoutNanos;
        if (timer == null) {
            arm(timeoutNanos);
        }
        requests.add(request);
    }

    /** What was added in a turn that began then left only now. */
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

    /** The request the next answer belongs to, or null. */
    @Nullable
    ServerRequest oldest() {
        return requests.peek();
    }

    /** Takes the oldest out: it is answered. */
    ServerRequest removeOldest() {
        return requests.remove();
    }

    int size() {
        return requests.size();
    }

    /** Whether one of them may be in flight only while this proxy may serve. */
    boolean hasFenced() {
        for (ServerRequest request : requests) {
            if (request.isFenced()) {
                return true;
            }
        }
        return false;
    }

    /**
     * No request will be answered any more. Each hears of it, even if one before it throws: what is left here, nobody ends,
     * and the caller goes on to connect again.
     */
    void failAll(ServerFailure failure) {
        lastLook = false;
        unsent = null;
        leftBefore = 0;
        for (ServerRequest request = requests.poll(); request != null; request = requests.poll()) {
            fail(request, failure);
        }
    }

    /** Tells a request that it got no answer. Does not throw. */
    void fail(ServerRequest request, ServerFailure failure) {
        try {
            request.failed(failure);
        } catch (RuntimeException | Error defect) {
            loop.threw(defect);
            LOG.error("a request that got no answer ({}) was not brought to its end", failure, defect);
        }
    }

    /** Bytes came from the server. */
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
            // a younger request may have got less time than the oldest
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
     * Whether that request has not been with the server for its timeout although it was asked for before: a part of it is still
     * here, and bytes before it have left since the last look; or it was so at the last look, and its time begins now.
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
