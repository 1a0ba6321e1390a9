package io.mempair.proxy.testkit;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A value that names its writers: the operation that wrote it, and those that appended to it, in their order.
 *
 * @param writer     id of the write
 * @param appenders  ids of the appends
 */
public record ModelValue(long writer, List<Long> appenders) {

    private static final Pattern FORM = Pattern.compile("w(\\d+):=*((?:\\+\\d+)*)");

    public ModelValue {
        appenders = List.copyOf(appenders);
    }

    /** The text an operation writes, longer by {@code filling} bytes than it has to be. */
    public static String written(long id, int filling) {
        return "w" + id + ':' + "=".repeat(filling);
    }

    /** The text an operation appends. */
    public static String appended(long id) {
        return "+" + id;
    }

    /** Reads a value; empty when no operations could have made it. */
    public static Optional<ModelValue> parse(String text) {
        Matcher matcher = FORM.matcher(text);
        if (!matcher.matches()) {
            return Optional.empty();
        }
        List<Long> appenders = new ArrayList<>();
        for (String word : matcher.group(2).split("\\+", -1)) {
            if (!word.isEmpty()) {
                appenders.add(Long.valueOf(word));
            }
        }
        return Optional.of(new ModelValue(Long.parseLong(matcher.group(1)), appenders));
    }
}
