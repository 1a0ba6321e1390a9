package io.mempair.ha.cli;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import io.mempair.ha.config.LogLevel;
import org.slf4j.LoggerFactory;

/** How much goes to standard error: mempair's own words, and at {@code debug} the warnings of JGroups too. */
final class Logging {

    private static final org.slf4j.Logger LOG = LoggerFactory.getLogger(Logging.class);

    private static final String OURS = "io.mempair";

    private Logging() {}

    /** A client's {@code verbosity}: 0 for what an operator needs, more for all that mempair logs. Any thread. */
    static void verbosity(int level) {
        Level wanted = level == 0 ? Level.INFO : Level.DEBUG;
        if (LoggerFactory.getLogger(OURS) instanceof Logger logger && logger.getLevel() != wanted) {
            logger.setLevel(wanted);
            LOG.info("a client set the log level to {}", wanted);
        }
    }

    /** Logs at this level from now on; {@code -v} on the command line is stronger than the file. */
    static void level(LogLevel wanted, boolean verbose) {
        LogLevel level = verbose ? LogLevel.DEBUG : wanted;
        boolean debug = level == LogLevel.DEBUG;
        set(OURS, Level.toLevel(level.name()));
        set("org.jgroups", debug ? Level.WARN : Level.ERROR);
        set("org.jgroups.protocols.TCP", debug ? Level.WARN : Level.OFF);
    }

    private static void set(String name, Level level) {
        if (LoggerFactory.getLogger(name) instanceof Logger logger) {
            logger.setLevel(level);
        }
    }
}
