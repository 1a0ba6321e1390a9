package io.mempair.proxy.backend;

import io.mempair.proxy.loop.LoopContext;
import io.netty.util.concurrent.Future;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Probes a connection that has been idle for a while. Confined to its loop. */
final class IdleProbe {

    private final LoopContext loop;
    private final Runnable ask;
    private @Nullable Future<?> timer;
    private boolean heard;

    /** @param ask  runs when no byte has arrived since the last check */
    IdleProbe(LoopContext loop, Runnable ask) {
        this.loop = loop;
        this.ask = ask;
    }

    /** Checks once per {@code interval} from now on. */
    void every(Duration interval) {
        stop();
        long nanos = interval.toNanos();
        timer = loop.eventLoop().scheduleWithFixedDelay(this::look, nanos, nanos, TimeUnit.NANOSECONDS);
    }

    void stop() {
        if (timer != null) {
            timer.cancel(false);
        }
    }

    /** Bytes have arrived. */
    void heard() {
        heard = true;
    }

    private void look() {
        if (!heard) {
            ask.run();
        }
        heard = false;
    }
}
