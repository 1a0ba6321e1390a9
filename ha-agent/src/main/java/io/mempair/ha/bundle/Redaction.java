package io.mempair.ha.bundle;

import java.util.regex.Pattern;

/**
 * Takes secrets out of a text: values behind words such as {@code password}, logins in addresses, private keys. The file of a node
 * has no secret of its own, only the names of files with some, but hooks, checks and logs may have. Pure.
 */
public final class Redaction {

    private static final String HIDDEN = "(hidden)";

    private static final String WORDS = "passw(?:or)?d|passphrase|secret|token|credential|api-?key";

    /** Up to the value; it gives nothing back, so that no sign before a value is taken for one. */
    private static final String NAME = "(?i)([\\w.-]*(?:" + WORDS + ")[\\w.-]*+[\"']?+\\s*+[:=]?+\\s*+)";

    /** A path behind such a word is the name of a file, and stays. */
    private static final String NO_PATH = "(?!\\s*[\\[{]?[\"']?/)";

    private static final Pattern VALUE = Pattern.compile(NAME + NO_PATH + "(\"[^\"\n]*\"|'[^'\n]*'|[^\\s,;\"']+)");

    private static final Pattern LOGIN = Pattern.compile("(\\w+://)[^\\s/@]+@");

    private static final Pattern PRIVATE_KEY = Pattern.compile(
            "-----BEGIN [A-Z ]*PRIVATE KEY-----.*?(?:-----END [A-Z ]*PRIVATE KEY-----|\\z)", Pattern.DOTALL);

    private Redaction() {}

    /** The text without them. */
    public static String of(String text) {
        String without = PRIVATE_KEY.matcher(text).replaceAll(HIDDEN);
        without = LOGIN.matcher(without).replaceAll("$1" + HIDDEN + "@");
        return VALUE.matcher(without).replaceAll("$1" + HIDDEN);
    }
}
