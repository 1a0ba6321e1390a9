package io.mempair.ha.cli;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import org.slf4j.LoggerFactory;

/** {@code -v}: what mempair itself logs, not its libraries. */
final class LogLevel {

    private LogLevel() {}

    static void debug() {
        if (LoggerFactory.getLogger("io.mempair") instanceof Logger logger) {
            logger.setLevel(Level.DEBUG);
        }
    }
}
