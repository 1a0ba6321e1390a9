package io.mempair.ha.admin;

import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What a client accepts, by its {@code Accept} header: RFC 9110, 12.5.1. Of several ranges that a type is in the closest one counts; what
 * is not understood counts as not there. Pure.
 */
final class Accept {

    /** As many as any client sends; more are not looked at. */
    private static final int MAX_RANGES = 32;

    private static final double MOST = 1;

    private static final Pattern WEIGHT = Pattern.compile("0(\\.[0-9]{0,3})?|1(\\.0{0,3})?");

    private final @Nullable String header;

    /** @param header  null if the client sent none: then it accepts everything */
    Accept(@Nullable String header) {
        this.header = header;
    }

    /** How much the client likes a type, as in {@code text/plain}: from 0, not at all, to 1. */
    double weightOf(String type) {
        if (header == null || header.isBlank()) {
            return MOST;
        }
        String group = type.substring(0, type.indexOf('/')) + "/*";
        double weight = 0;
        int closest = -1;
        for (String range : header.split(",", MAX_RANGES)) {
            String[] parts = range.split(";", -1);
            String name = parts[0].strip().toLowerCase(Locale.ROOT);
            int closeness = List.of("*/*", group, type).indexOf(name);
            if (closeness >= 0 && closeness >= closest) {
                double its = weight(parts);
                weight = closeness == closest ? Math.max(weight, its) : its;
                closest = closeness;
            }
        }
        return weight;
    }

    /** Whether the client names the type itself. */
    boolean names(String type) {
        return header != null && header.toLowerCase(Locale.ROOT).contains(type);
    }

    private static double weight(String[] parts) {
        for (int i = 1; i < parts.length; i++) {
            String parameter = parts[i].strip().toLowerCase(Locale.ROOT);
            if (parameter.startsWith("q=")) {
                String value = parameter.substring(2).strip();
                return WEIGHT.matcher(value).matches() ? Double.parseDouble(value) : 0;
            }
        }
        return MOST;
    }
}
