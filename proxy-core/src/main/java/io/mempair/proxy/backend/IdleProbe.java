package io.mempair.proxy.backend;

import io.mempair.proxy.loop.LoopContext;
import io.netty.util.concurrent.Future;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Asks a server for a sign of life when nothing was heard of it for a while. Confined to its loop. */
final class IdleProbe {

    private final LoopContext loop;
    private final Runnable ask;
    private @Nullable Future<?> timer;
    private boolean heard;

    /** @param ask  runs when nothing was heard since the last time */
    IdleProbe(LoopContext loop, Runnable ask) {
        this.loop = loop;
        this.ask = ask;
    }

    /** Looks once in each {@code interval} from now on. */
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

    /** Bytes came in. */
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
