package io.mempair.ha.cli;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import io.mempair.ha.config.LogConfig;
import io.mempair.ha.config.LogFormat;
import io.mempair.ha.config.LogLevel;
import java.nio.file.Path;
import java.util.Map;
import java.util.function.IntConsumer;
import org.slf4j.LoggerFactory;

/** How much goes to standard error: mempair's own words, and at {@code debug} the warnings of JGroups too. */
final class Logging {

    private static final Path STANDARD_ERROR = Path.of("/proc/self/fd/2");

    private static final String OURS = "io.mempair";

    private Logging() {}

    /**
     * What a client's {@code verbosity} does: nothing. One of many clients is not to choose for all of them what is logged,
     * and for how long; the operator does, by {@code log.level} and a reload.
     */
    static final IntConsumer NOT_BY_CLIENTS = level -> {};

    /** Logs as the operator wrote it, from now on; {@code -v} on the command line is stronger than the file. */
    static void as(LogConfig wanted, boolean verbose) {
        level(wanted.level(), verbose);
        if (wanted.format() == LogFormat.JSON && LoggerFactory.getILoggerFactory() instanceof LoggerContext context) {
            LogLines.asJson(context);
        }
    }

    /** Leaves the time to systemd's journal, and tells it priorities, if it reads standard error. Before anything is logged. */
    static void forWhoReads(Map<String, String> environment) {
        if (LogLines.isJournal(environment, STANDARD_ERROR)
                && LoggerFactory.getILoggerFactory() instanceof LoggerContext context) {
            LogLines.forJournal(context);
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
