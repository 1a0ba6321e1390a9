package io.mempair.proxy.config;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.List;

/**
 * Who may log in.
 *
 * @param logins  at least one, at most {@value #MAX_LOGINS}
 */
public record Users(List<Login> logins) {

    /** A login is compared with every one, so that timing reveals nothing; hence the bound. */
    private static final int MAX_LOGINS = 1_000;

    public Users {
        logins = List.copyOf(logins);
        if (logins.isEmpty() || logins.size() > MAX_LOGINS) {
            throw new IllegalArgumentException(logins.size() + " users (expected: 1.." + MAX_LOGINS + ')');
        }
    }

    /**
     * Reads a file as memcached's {@code -Y} reads it: one {@code user:password} per line. Empty lines are skipped.
     *
     * @param configKey  what the operator calls the file
     * @throws IllegalArgumentException naming the file, the line and the remedy
     */
    public static Users read(String configKey, Path file) {
        List<Login> logins = new ArrayList<>();
        String[] lines = PemFile.text(configKey, file).split("\r?\n", -1);
        String place = configKey + ": " + file + ' ';
        for (int i = 0; i < lines.length; i++) {
            if (!lines[i].isEmpty()) {
                try {
                    logins.add(Login.parse(lines[i]));
                } catch (IllegalArgumentException e) {
                    throw new IllegalArgumentException(place + "line " + (i + 1) + ": " + e.getMessage(), e);
                }
            }
        }
        try {
            return new Users(logins);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(place + "has " + e.getMessage(), e);
        }
    }

    /** Whether this user has this password. Takes as long for a wrong one as for a right one of the same length. */
    public boolean know(byte[] user, byte[] password) {
        boolean known = false;
        for (Login login : logins) {
            boolean sameUser = MessageDigest.isEqual(login.user().getBytes(StandardCharsets.ISO_8859_1), user);
            boolean samePassword =
                    MessageDigest.isEqual(login.password().getBytes(StandardCharsets.ISO_8859_1), password);
            if (sameUser && samePassword) {
                known = true;
            }
        }
        return known;
    }

    /** The only login of a file that must hold exactly one. */
    public static Login only(String configKey, Path file) {
        List<Login> logins = read(configKey, file).logins();
        if (logins.size() != 1) {
            throw new IllegalArgumentException(
                    configKey + ": " + file + " has " + logins.size() + " users (expected: the one to log in as)");
        }
        return logins.get(0);
    }
}
