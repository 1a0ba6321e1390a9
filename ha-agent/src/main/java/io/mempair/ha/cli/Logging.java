package io.mempair.ha.cli;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import io.mempair.ha.config.LogLevel;
import org.slf4j.LoggerFactory;

/** How much goes to standard error: mempair's own words, and at {@code debug} the warnings of JGroups too. */
final class Logging {

    private Logging() {}

    /** Logs at this level from now on; {@code -v} on the command line is stronger than the file. */
    static void level(LogLevel wanted, boolean verbose) {
        LogLevel level = verbose ? LogLevel.DEBUG : wanted;
        boolean debug = level == LogLevel.DEBUG;
        set("io.mempair", Level.toLevel(level.name()));
        set("org.jgroups", debug ? Level.WARN : Level.ERROR);
        set("org.jgroups.protocols.TCP", debug ? Level.WARN : Level.OFF);
    }

    private static void set(String name, Level level) {
        if (LoggerFactory.getLogger(name) instanceof Logger logger) {
            logger.setLevel(level);
        }
    }
}
