package io.mempair.proxy.server;

import io.mempair.proxy.inspect.HotKeys;
import io.mempair.proxy.inspect.LoopInspector;
import io.mempair.proxy.inspect.RequestInspection;
import io.mempair.proxy.inspect.SlowRequest;
import io.mempair.proxy.inspect.SlowRequests;
import io.mempair.proxy.inspect.Tap;
import io.mempair.proxy.inspect.TopKeys;
import io.mempair.proxy.inspect.TopKeys.ServedKey;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;

/** Looks at the requests of all loops of a proxy: each loop looks for itself, and has an inspector only while somebody wants one. */
final class LoopInspection implements RequestInspection {

    /** Live views at once. */
    private static final int MAX_TAPS = 4;

    private final List<OneLoop> loops;
    private final SlowRequests slow = new SlowRequests();
    private final List<Tap> taps = new ArrayList<>();
    private final AtomicBoolean counting = new AtomicBoolean();
    private volatile Duration slowThreshold = Duration.ZERO;

    LoopInspection(List<OneLoop> loops) {
        this.loops = loops;
    }

    /** Changes what is looked at, on one loop. */
    private static void change(OneLoop loop, Consumer<LoopInspector> change) {
        LoopInspector present = loop.context().inspector();
        LoopInspector inspector = present == null ? new LoopInspector() : present;
        change.accept(inspector);
        loop.context().inspect(inspector.isIdle() ? null : inspector);
    }

    private void changeAll(Consumer<LoopInspector> change) {
        loops.forEach(loop -> loop.run(() -> change(loop, change)));
    }

    @Override
    public void seekSlow(Duration threshold, boolean plainKeys) {
        if (threshold.isZero() && slowThreshold.isZero()) {
            return; // loops that have not begun are left alone
        }
        slowThreshold = threshold;
        changeAll(inspector -> inspector.slow(threshold.isZero() ? null : slow, threshold.toNanos(), plainKeys));
    }

    @Override
    public Duration slowThreshold() {
        return slowThreshold;
    }

    @Override
    public List<SlowRequest> slow() {
        return slow.newestFirst();
    }

    @Override
    public CompletionStage<TopKeys> top(Duration time, int limit) {
        if (!counting.compareAndSet(false, true)) {
            return CompletableFuture.failedFuture(new IllegalStateException("keys are counted for somebody else now"));
        }
        List<CompletableFuture<TopKeys>> parts = new ArrayList<>();
        for (int i = 0; i < loops.size(); i++) {
            OneLoop loop = loops.get(i);
            long seed = loop.context().clockNanos() + i;
            parts.add(loop.supply(() -> count(loop, new HotKeys(seed), time)).thenCompose(counted -> counted));
        }
        return CompletableFuture.allOf(parts.toArray(CompletableFuture[]::new))
                .thenApply(done -> TopKeys.merged(
                        parts.stream().map(CompletableFuture::join).toList(), limit))
                .whenComplete((done, failure) -> counting.set(false));
    }

    /** On the loop. */
    private static CompletableFuture<TopKeys> count(OneLoop loop, HotKeys keys, Duration time) {
        CompletableFuture<TopKeys> counted = new CompletableFuture<>();
        long beganNanos = loop.context().clockNanos();
        change(loop, inspector -> inspector.hot(keys));
        loop.context()
                .eventLoop()
                .schedule(
                        () -> {
                            change(loop, inspector -> inspector.hot(null));
                            counted.complete(result(loop, keys, loop.context().clockNanos() - beganNanos));
                        },
                        time.toNanos(),
                        TimeUnit.NANOSECONDS);
        return counted;
    }

    private static TopKeys result(OneLoop loop, HotKeys keys, long tookNanos) {
        List<ServedKey> served = keys.keys().stream()
                .map(hot -> new ServedKey(hot, primaryOf(loop, hot.key())))
                .toList();
        return new TopKeys(keys.counted(), tookNanos, served);
    }

    private static String primaryOf(OneLoop loop, byte[] key) {
        return loop.plan()
                .pool()
                .primaries()
                .ownerOf(key, 0, key.length)
                .state()
                .address()
                .toString();
    }

    @Override
    public void open(Tap tap) {
        synchronized (taps) {
            if (taps.size() >= MAX_TAPS) {
                throw new IllegalStateException("others watch already (expected: at most " + MAX_TAPS + " at once)");
            }
            taps.add(tap);
        }
        changeAll(inspector -> inspector.add(tap));
    }

    @Override
    public void close(Tap tap) {
        synchronized (taps) {
            if (!taps.remove(tap)) {
                return;
            }
        }
        changeAll(inspector -> inspector.remove(tap));
    }
}
