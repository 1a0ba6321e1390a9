package io.mempair.ha.cli;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.turbo.TurboFilter;
import ch.qos.logback.core.spi.FilterReply;
import io.mempair.proxy.warmup.LoopbackWarmup;
import io.mempair.proxy.warmup.Warmup;
import org.jspecify.annotations.Nullable;
import org.slf4j.Marker;

/**
 * Keeps out of the log what the warmed up proxy says of its servers, which no operator has; what goes wrong with it the
 * warm-up says itself. Named in {@code logback.xml}. Any thread.
 */
public final class WarmupFilter extends TurboFilter {

    private static final String ITS_OWN = Warmup.class.getPackageName();

    @Override
    public FilterReply decide(
            @Nullable Marker marker,
            Logger logger,
            Level level,
            @Nullable String format,
            Object @Nullable [] params,
            @Nullable Throwable thrown) {
        boolean theirs = !level.isGreaterOrEqual(Level.ERROR)
                && Thread.currentThread().getName().startsWith(LoopbackWarmup.THREADS)
                && !logger.getName().startsWith(ITS_OWN);
        return theirs ? FilterReply.DENY : FilterReply.NEUTRAL;
    }
}
