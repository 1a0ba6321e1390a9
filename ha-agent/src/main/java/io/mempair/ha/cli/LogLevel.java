package io.mempair.ha.cli;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import org.slf4j.LoggerFactory;

/** {@code -v}: all that mempair logs, and the warnings of JGroups. */
final class LogLevel {

    private LogLevel() {}

    static void debug() {
        set("io.mempair", Level.DEBUG);
        set("org.jgroups", Level.WARN);
        set("org.jgroups.protocols.TCP", Level.WARN);
    }

    private static void set(String name, Level level) {
        if (LoggerFactory.getLogger(name) instanceof Logger logger) {
            logger.setLevel(level);
        }
    }
}
