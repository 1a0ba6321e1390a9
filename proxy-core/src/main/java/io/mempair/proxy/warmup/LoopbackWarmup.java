package io.mempair.proxy.warmup;

import io.mempair.proxy.config.ProxyConfig;
import io.netty.util.concurrent.Ticker;
import java.io.IOException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A second proxy of the same classes and transport, with clients and servers inside the process, on a thread of its own.
 *
 * <p>It reaches neither servers nor meters. It works at most a third of the time, so that a host with one processor has
 * time for heartbeats, and ends after a number of requests or a time limit. A failure is logged as one warning; the
 * node is then as cold as without a warmup.
 */
public final class LoopbackWarmup implements Warmup {

    private static final Logger LOG = LoggerFactory.getLogger(LoopbackWarmup.class);

    /** How threads of a warm-up are named, its event loops too; a log can leave out what is said on them. */
    public static final String THREADS = "mempair-warmup";

    /** Requests after which HotSpot has compiled the hot path: its thresholds are 5,000 to 15,000 calls of a method. */
    private static final int ENOUGH_REQUESTS = 150_000;

    private static final long LONGEST_NANOS = TimeUnit.SECONDS.toNanos(30);

    /** Length of the pause after a round, as a multiple of the round. */
    private static final int PAUSES_A_ROUND = 2;

    private final ProxyConfig config;
    private final boolean handover;
    private final int enoughRequests;
    private final Ticker ticker = Ticker.systemTicker();

    /** Guarded by this. */
    private @Nullable CountDownLatch underWay;

    /** Guarded by this: no more is wanted. */
    private boolean over;

    /**
     * @param config    of the proxy that is to be warm
     * @param handover  whether hand-overs of connections are rehearsed too
     */
    public LoopbackWarmup(ProxyConfig config, boolean handover) {
        this(config, handover, ENOUGH_REQUESTS);
    }

    /** As {@link #LoopbackWarmup(ProxyConfig, boolean)}, with another number of requests. */
    public LoopbackWarmup(ProxyConfig config, boolean handover, int enoughRequests) {
        this.config = config;
        this.handover = handover;
        this.enoughRequests = enoughRequests;
    }

    @Override
    public synchronized void begin() {
        if (over || underWay != null) {
            return;
        }
        CountDownLatch ended = new CountDownLatch(1);
        underWay = ended;
        Thread thread = new Thread(() -> run(ended), THREADS);
        thread.setDaemon(true);
        thread.start();
    }

    @Override
    public synchronized void end() {
        if (underWay != null) {
            underWay.countDown();
        }
    }

    /** Whether one is under way; its threads and sockets may live a moment longer. */
    public synchronized boolean isUnderWay() {
        return underWay != null;
    }

    private void run(CountDownLatch ended) {
        long beganNanos = ticker.nanoTime();
        boolean again = false;
        try {
            long requests;
            try (WarmupProxy proxy = new WarmupProxy(config, handover)) {
                requests = sendRequests(proxy, ended, beganNanos);
            }
            again = requests < enoughRequests && ended.getCount() == 0;
            if (!again) {
                StartGarbage.collect();
            }
            long millis = TimeUnit.NANOSECONDS.toMillis(ticker.nanoTime() - beganNanos);
            LOG.info(
                    "warmup complete requests={} millis={}{} event=warmup_complete",
                    requests,
                    millis,
                    again ? " (cut short)" : "");
        } catch (IOException | ExecutionException | TimeoutException | RuntimeException | LinkageError e) {
            LOG.atWarn()
                    .addKeyValue("reason", e.toString())
                    .log(
                            "warmup failed, so the first requests after a take-over will be slower: {} event=warmup_failed",
                            e.toString());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            done(!again);
        }
    }

    private synchronized void done(boolean last) {
        over |= last;
        underWay = null;
    }

    /** How many requests were answered. */
    private long sendRequests(WarmupProxy proxy, CountDownLatch ended, long beganNanos)
            throws IOException, InterruptedException, ExecutionException, TimeoutException {
        long requests = 0;
        for (int round = 0; requests < enoughRequests; round++) {
            long roundNanos = ticker.nanoTime();
            if (roundNanos - beganNanos >= LONGEST_NANOS || ended.getCount() == 0) {
                return requests;
            }
            requests += proxy.round(round, () -> ended.getCount() == 0);
            long tookNanos = ticker.nanoTime() - roundNanos;
            if (ended.await(PAUSES_A_ROUND * tookNanos, TimeUnit.NANOSECONDS)) {
                return requests;
            }
        }
        return requests;
    }
}
