package io.mempair.proxy.inspect;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The last slow requests of a proxy. Each is a line of the log, at most {@link #LINES_PER_SECOND}, as a server that hangs makes all of
 * them slow at once. Any thread.
 */
public final class SlowRequests {

    private static final Logger LOG = LoggerFactory.getLogger(SlowRequests.class);

    /** How many are remembered. */
    public static final int CAPACITY = 256;

    private static final int LINES_PER_SECOND = 5;

    private final ArrayDeque<SlowRequest> last = new ArrayDeque<>(CAPACITY);
    private final LineLimit limit = new LineLimit(LINES_PER_SECOND);

    /** None yet. */
    public SlowRequests() {}

    /** One more; the oldest is forgotten. */
    public void add(SlowRequest request) {
        long unsaid;
        synchronized (this) {
            if (last.size() == CAPACITY) {
                last.removeFirst();
            }
            last.addLast(request);
            if (!limit.allows(request.endedNanos())) {
                return;
            }
            unsaid = limit.unsaid();
        }
        LOG.warn(
                "slow request event=slow_request command={} key={} server={} ms={} before_ms={} server_ms={} order_ms={}"
                        + " unsaid={}",
                request.command().label(),
                orDash(request.key()),
                orDash(request.server()),
                millis(request.totalNanos()),
                millis(request.beforeNanos()),
                millis(request.serverNanos()),
                millis(request.orderNanos()),
                unsaid);
    }

    /** All that are remembered, the newest first. */
    public synchronized List<SlowRequest> newestFirst() {
        List<SlowRequest> all = new ArrayList<>(last);
        Collections.reverse(all);
        return all;
    }

    private static String orDash(String text) {
        return text.isEmpty() ? "-" : text;
    }

    private static long millis(long nanos) {
        return Math.round(nanos / 1e6);
    }
}
