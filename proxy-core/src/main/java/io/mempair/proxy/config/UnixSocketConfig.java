package io.mempair.proxy.config;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.EnumSet;
import java.util.Set;

/**
 * A unix socket that clients connect to.
 *
 * @param path  absolute; an existing file is replaced only if it is a socket that nobody answers on
 * @param mode  permission bits; users who may write to the socket may connect
 */
public record UnixSocketConfig(Path path, int mode) {

    /** For the owner only, as memcached's is. */
    public static final int DEFAULT_MODE = 0700;

    /** Bytes: sun_path of unix(7) without its NUL and without what the temporary name for binding adds. */
    private static final int MAX_PATH_BYTES = 100;

    private static final PosixFilePermission[] BITS = {
        PosixFilePermission.OTHERS_EXECUTE,
        PosixFilePermission.OTHERS_WRITE,
        PosixFilePermission.OTHERS_READ,
        PosixFilePermission.GROUP_EXECUTE,
        PosixFilePermission.GROUP_WRITE,
        PosixFilePermission.GROUP_READ,
        PosixFilePermission.OWNER_EXECUTE,
        PosixFilePermission.OWNER_WRITE,
        PosixFilePermission.OWNER_READ
    };

    public UnixSocketConfig {
        boolean fits = path.toString().getBytes(StandardCharsets.UTF_8).length <= MAX_PATH_BYTES;
        if (!path.isAbsolute() || path.getNameCount() == 0 || !fits) {
            throw new IllegalArgumentException(
                    "unix-socket: '" + path + "' (expected: an absolute path of at most " + MAX_PATH_BYTES + " bytes)");
        }
        if (mode < 0 || mode > 0777) {
            throw new IllegalArgumentException(
                    "unix-socket-mode: " + Integer.toOctalString(mode) + " (expected: 0..0777 in octal)");
        }
    }

    /** The bits of {@link #mode}. */
    public Set<PosixFilePermission> permissions() {
        Set<PosixFilePermission> permissions = EnumSet.noneOf(PosixFilePermission.class);
        for (int bit = 0; bit < BITS.length; bit++) {
            if ((mode & 1 << bit) != 0) {
                permissions.add(BITS[bit]);
            }
        }
        return permissions;
    }
}
