package io.mempair.proxy.config;

/**
 * A user with a password, as memcached's {@code -Y} file has them.
 *
 * @param user      without spaces and colons
 * @param password  without spaces; never shown, not even by {@link #toString}
 */
public record Login(String user, String password) {

    /** Bytes; the limit of memcached's own reader. */
    private static final int MAX_BYTES = 250;

    public Login {
        boolean good = isWord(user) && isWord(password) && user.indexOf(':') < 0;
        if (!good || user.length() > MAX_BYTES || password.length() > MAX_BYTES) {
            throw new IllegalArgumentException("not user:password (expected: both without spaces, at most " + MAX_BYTES
                    + " bytes each, no colon in the user)");
        }
    }

    private static boolean isWord(String text) {
        return !text.isEmpty() && text.chars().allMatch(c -> c > ' ' && c != 0x7F && c < 0x100);
    }

    /** Reads {@code user:password}; what follows the first colon is the password. */
    static Login parse(String line) {
        int colon = line.indexOf(':');
        return new Login(line.substring(0, Math.max(0, colon)), line.substring(colon + 1));
    }

    @Override
    public String toString() {
        return "Login[" + user + ']';
    }
}
