package io.mempair.ha.cli;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a line of the log says for programs: its {@code key=value} pairs and, at its end, {@code event=NAME}. A line without an event
 * says nothing for programs, whatever equals signs it has. Pure.
 */
final class LogFields {

    private static final String EVENT = "event";

    private static final Pattern AT_THE_END = Pattern.compile("(?s)(.*) event=([a-z0-9_]+)");

    /** In double quotes, in brackets, or up to a space; as logs write it. */
    private static final Pattern PAIR =
            Pattern.compile("(?:^|\\s)([a-z][a-z0-9_]*)=(?:\"([^\"]*)\"|(\\[[^\\]]*\\]|[^\\s\"]+))");

    private LogFields() {}

    /** The event first, then the others in their order; of two of one name the first. Empty for a line without an event. */
    static Map<String, String> of(String message) {
        Matcher whole = AT_THE_END.matcher(message);
        if (!whole.matches()) {
            return Map.of();
        }
        Map<String, String> fields = new LinkedHashMap<>();
        fields.put(EVENT, whole.group(2));
        Matcher pair = PAIR.matcher(whole.group(1));
        while (pair.find()) {
            String value = pair.group(2) == null ? pair.group(3).replaceAll("[,;:)]+$", "") : pair.group(2);
            fields.putIfAbsent(pair.group(1), value);
        }
        return fields;
    }
}
