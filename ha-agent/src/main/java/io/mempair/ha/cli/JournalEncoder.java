package io.mempair.ha.cli;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.IThrowableProxy;
import ch.qos.logback.classic.spi.ThrowableProxyUtil;
import ch.qos.logback.core.encoder.EncoderBase;
import java.nio.charset.StandardCharsets;
import java.util.stream.Collectors;

/**
 * Lines as systemd's journal reads them, sd-daemon(3): each begins with its priority in angle brackets, the ones of a stack trace
 * too, and has no time, because the journal has its own. Any thread.
 */
final class JournalEncoder extends EncoderBase<ILoggingEvent> {

    private static final byte[] NOTHING = {};

    @Override
    public byte[] headerBytes() {
        return NOTHING;
    }

    @Override
    public byte[] footerBytes() {
        return NOTHING;
    }

    @Override
    public byte[] encode(ILoggingEvent event) {
        String name = event.getLoggerName();
        String text = name.substring(name.lastIndexOf('.') + 1) + ": " + event.getFormattedMessage();
        IThrowableProxy thrown = event.getThrowableProxy();
        if (thrown != null) {
            text = text + '\n' + ThrowableProxyUtil.asString(thrown);
        }
        String priority = "<" + priority(event.getLevel()) + '>';
        return text.lines()
                .map(line -> priority + line + '\n')
                .collect(Collectors.joining())
                .getBytes(StandardCharsets.UTF_8);
    }

    /** As syslog(3) numbers them. */
    private static int priority(Level level) {
        if (level.isGreaterOrEqual(Level.ERROR)) {
            return 3;
        }
        if (level.isGreaterOrEqual(Level.WARN)) {
            return 4;
        }
        return level.isGreaterOrEqual(Level.INFO) ? 6 : 7;
    }
}
