package io.mempair.ha.cli;

import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.IThrowableProxy;
import ch.qos.logback.classic.spi.ThrowableProxyUtil;
import ch.qos.logback.core.encoder.EncoderBase;
import io.mempair.ha.admin.JsonWriter;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.slf4j.event.KeyValuePair;

/**
 * An object a line: what logback's own encoder calls so, and beside it each field of the message, see {@link LogFields}, and each key
 * value pair of the event, for data that the message tells in words. logback's has no place for fields that stand in the message, where
 * they are for who reads the text. Any thread.
 */
final class JsonLogEncoder extends EncoderBase<ILoggingEvent> {

    private static final byte[] NOTHING = {};

    private static final Pattern NUMBER = Pattern.compile("-?(0|[1-9][0-9]{0,17})");

    /** Names that the line has itself. */
    private static final Set<String> OWN =
            Set.of("timestamp", "level", "threadName", "loggerName", "formattedMessage", "throwable");

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
        String message = event.getFormattedMessage();
        JsonWriter json = new JsonWriter()
                .beginObject()
                .field("timestamp", event.getTimeStamp())
                .field("level", event.getLevel().toString())
                .field("threadName", event.getThreadName())
                .field("loggerName", event.getLoggerName())
                .field("formattedMessage", message);
        fieldsOf(event, message).forEach((name, value) -> add(json, name, value));
        IThrowableProxy thrown = event.getThrowableProxy();
        if (thrown != null) {
            json.field("throwable", ThrowableProxyUtil.asString(thrown));
        }
        return (json.endObject() + "\n").getBytes(StandardCharsets.UTF_8);
    }

    /** Those that the message shows, then those that it tells in words. */
    private static Map<String, String> fieldsOf(ILoggingEvent event, String message) {
        Map<String, String> fields = new LinkedHashMap<>(LogFields.of(message));
        List<KeyValuePair> told = event.getKeyValuePairs();
        if (told != null) {
            told.forEach(pair -> fields.putIfAbsent(pair.key, String.valueOf(pair.value)));
        }
        fields.keySet().removeAll(OWN);
        return fields;
    }

    private static void add(JsonWriter json, String name, String value) {
        if (NUMBER.matcher(value).matches()) {
            json.field(name, Long.parseLong(value));
        } else {
            json.field(name, value);
        }
    }
}
