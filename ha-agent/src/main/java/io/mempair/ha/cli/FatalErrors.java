package io.mempair.ha.cli;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.turbo.TurboFilter;
import ch.qos.logback.core.spi.FilterReply;
import io.mempair.proxy.loop.Defects;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Marker;

/**
 * Sees every error of the JVM that somebody logs, at whatever level, and tells of it. Netty and JGroups catch all that a
 * task, a listener or a message throws on their threads, and log it: that is the one place where their users can see that
 * memory ran out. Any thread.
 */
final class FatalErrors extends TurboFilter {

    private final Consumer<Throwable> fatal;

    /** @param fatal  gets the error; before the line is written */
    FatalErrors(Consumer<Throwable> fatal) {
        this.fatal = fatal;
    }

    @Override
    public FilterReply decide(
            @Nullable Marker marker,
            Logger logger,
            Level level,
            @Nullable String format,
            Object @Nullable [] params,
            @Nullable Throwable thrown) {
        if (Defects.endsProcess(thrown)) {
            fatal.accept(thrown);
        } else if (params != null
                && params.length > 0
                && params[params.length - 1] instanceof Throwable last
                && Defects.endsProcess(last)) {
            fatal.accept(last); // behind what fills the places of the text
        }
        return FilterReply.NEUTRAL;
    }
}
