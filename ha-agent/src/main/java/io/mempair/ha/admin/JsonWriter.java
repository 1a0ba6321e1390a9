package io.mempair.ha.admin;

import org.jspecify.annotations.Nullable;

/** Writes one line of JSON. The caller keeps the nesting right; this puts the commas and escapes the strings. */
public final class JsonWriter {

    private final StringBuilder out = new StringBuilder(512);

    public JsonWriter beginObject() {
        comma();
        out.append('{');
        return this;
    }

    public JsonWriter endObject() {
        out.append('}');
        return this;
    }

    public JsonWriter beginArray(String name) {
        name(name);
        out.append('[');
        return this;
    }

    /** One text of an array. */
    public JsonWriter element(String value) {
        comma();
        quote(value);
        return this;
    }

    /** One number of an array; null if it is not one. */
    public JsonWriter element(double value) {
        comma();
        if (Double.isFinite(value)) {
            appendRounded(value);
        } else {
            out.append("null");
        }
        return this;
    }

    /** With three digits behind the point at most, and none of a whole number. */
    private void appendRounded(double value) {
        long thousandths = Math.round(value * 1_000);
        if (thousandths % 1_000 == 0) {
            out.append(thousandths / 1_000);
        } else {
            out.append(thousandths / 1e3);
        }
    }

    /** Begins an array in an array. */
    public JsonWriter beginArray() {
        comma();
        out.append('[');
        return this;
    }

    public JsonWriter endArray() {
        out.append(']');
        return this;
    }

    /** Begins the value of a key; an object follows. */
    public JsonWriter name(String name) {
        comma();
        quote(name);
        out.append(':');
        return this;
    }

    public JsonWriter field(String name, @Nullable String value) {
        name(name);
        if (value == null) {
            out.append("null");
        } else {
            quote(value);
        }
        return this;
    }

    public JsonWriter field(String name, long value) {
        name(name);
        out.append(value);
        return this;
    }

    /** A number that has no sign. */
    public JsonWriter unsigned(String name, long value) {
        name(name);
        out.append(Long.toUnsignedString(value));
        return this;
    }

    public JsonWriter field(String name, boolean value) {
        name(name);
        out.append(value);
        return this;
    }

    @Override
    public String toString() {
        return out.toString();
    }

    private void comma() {
        if (!out.isEmpty() && "{[:,".indexOf(out.charAt(out.length() - 1)) < 0) {
            out.append(',');
        }
    }

    private void quote(String text) {
        out.append('"');
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '"' || c == '\\') {
                out.append('\\').append(c);
            } else if (c < ' ') {
                out.append(String.format("\\u%04x", (int) c));
            } else {
                out.append(c);
            }
        }
        out.append('"');
    }
}
