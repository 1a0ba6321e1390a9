package io.mempair.proxy.protocol.text;

/** What a one-line answer of a server says. Source: memcached doc/protocol.txt. */
public enum ReplyLine {
    STORED("STORED", true),
    NOT_STORED("NOT_STORED", true),
    EXISTS("EXISTS", true),
    NOT_FOUND("NOT_FOUND", true),
    DELETED("DELETED", true),
    TOUCHED("TOUCHED", true),
    OK("OK", true),
    VERSION("VERSION ", false),
    ERROR("ERROR", false),
    CLIENT_ERROR("CLIENT_ERROR", false),
    SERVER_ERROR("SERVER_ERROR", false),
    /** Meta: done, or found. */
    HD("HD", false),
    /** Meta: miss. */
    EN("EN", false),
    /** Meta: not stored. */
    NS("NS", false),
    /** Meta: another cas id. */
    EX("EX", false),
    /** Meta: not found. */
    NF("NF", false),
    /** Meta: what a server knows of an item. */
    ME("ME", false),
    /** The end of a list of stats. */
    END("END", true),
    RESET("RESET", true),
    /** The new value of a counter. */
    NUMBER("", false),
    /** None of the above: the server can no longer be trusted. */
    UNKNOWN("", false);

    private static final ReplyLine[] ALL = values();

    private final String text;
    private final boolean whole;

    ReplyLine(String text, boolean whole) {
        this.text = text;
        this.whole = whole;
    }

    /** Reads {@code line[0, length)}, from which the line end has been removed. */
    public static ReplyLine of(byte[] line, int length) {
        if (length == 0) {
            return UNKNOWN;
        }
        if (line[0] >= '0' && line[0] <= '9') {
            return isNumber(line, length) ? NUMBER : UNKNOWN;
        }
        for (ReplyLine candidate : ALL) {
            if (candidate.matches(line, length)) {
                return candidate;
            }
        }
        return UNKNOWN;
    }

    private boolean matches(byte[] line, int length) {
        if (text.isEmpty() || length < text.length() || (whole && length != text.length())) {
            return false;
        }
        for (int i = 0; i < text.length(); i++) {
            if (line[i] != text.charAt(i)) {
                return false;
            }
        }
        return !isMeta() || length == text.length() || line[text.length()] == ' ';
    }

    /** Whether this is a return code of the meta commands, which flags may follow. */
    public boolean isMeta() {
        return switch (this) {
            case HD, EN, NS, EX, NF, ME -> true;
            default -> false;
        };
    }

    /** A decremented counter may have trailing spaces, because memcached keeps the old width. */
    private static boolean isNumber(byte[] line, int length) {
        int i = 0;
        while (i < length && line[i] >= '0' && line[i] <= '9') {
            i++;
        }
        while (i < length && line[i] == ' ') {
            i++;
        }
        return i == length;
    }

    /** Whether the server reports that it could not carry out the request. */
    public boolean isError() {
        return this == ERROR || this == CLIENT_ERROR || this == SERVER_ERROR;
    }
}
