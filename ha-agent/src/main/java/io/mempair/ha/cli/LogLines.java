package io.mempair.ha.cli;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.OutputStreamAppender;
import ch.qos.logback.core.encoder.Encoder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/** How a line of the log looks on standard error; as {@code logback.xml} says unless one of these is called. */
final class LogLines {

    /** What systemd sets for a program whose output goes to its journal: device and inode, with a colon between. */
    private static final String JOURNAL_STREAM = "JOURNAL_STREAM";

    /** As in {@code logback.xml}. */
    private static final String APPENDER = "stderr";

    private LogLines() {}

    /** Whether what goes to {@code stream} is read by systemd's journal, which has a time and a priority of its own. */
    static boolean isJournal(Map<String, String> environment, Path stream) {
        String journal = environment.get(JOURNAL_STREAM);
        if (journal == null) {
            return false;
        }
        try {
            Map<String, Object> own = Files.readAttributes(stream, "unix:dev,ino");
            return journal.equals(own.get("dev") + ":" + own.get("ino"));
        } catch (IOException | UnsupportedOperationException e) {
            return false; // then nobody knows, and a second time does no harm
        }
    }

    /** From now on lines are for the journal, see {@link JournalEncoder}. */
    static void forJournal(LoggerContext context) {
        replace(context, new JournalEncoder());
    }

    /** From now on a line is an object. */
    static void asJson(LoggerContext context) {
        replace(context, new JsonLogEncoder());
    }

    private static void replace(LoggerContext context, Encoder<ILoggingEvent> encoder) {
        encoder.setContext(context);
        encoder.start();
        Logger root = context.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
        if (root.getAppender(APPENDER) instanceof OutputStreamAppender<ILoggingEvent> appender) {
            appender.setEncoder(encoder);
        }
    }
}
