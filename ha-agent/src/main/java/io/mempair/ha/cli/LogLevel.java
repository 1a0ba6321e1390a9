package io.mempair.ha.cli;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import org.slf4j.LoggerFactory;

/** How much is logged: {@code -v} at the start, {@code verbosity} of a client later. */
final class LogLevel {

    private static final org.slf4j.Logger LOG = LoggerFactory.getLogger(LogLevel.class);

    private static final String OURS = "io.mempair";

    private LogLevel() {}

    /** {@code -v}: all that mempair logs, and the warnings of JGroups. */
    static void debug() {
        set(OURS, Level.DEBUG);
        set("org.jgroups", Level.WARN);
        set("org.jgroups.protocols.TCP", Level.WARN);
    }

    /** {@code verbosity}: 0 for what an operator needs, more for all that mempair logs. Any thread. */
    static void verbosity(int level) {
        Level wanted = level == 0 ? Level.INFO : Level.DEBUG;
        if (LoggerFactory.getLogger(OURS) instanceof Logger logger && logger.getLevel() != wanted) {
            logger.setLevel(wanted);
            LOG.info("a client set the log level to {}", wanted);
        }
    }

    private static void set(String name, Level level) {
        if (LoggerFactory.getLogger(name) instanceof Logger logger) {
            logger.setLevel(level);
        }
    }
}
