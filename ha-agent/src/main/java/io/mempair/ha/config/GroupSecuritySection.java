package io.mempair.ha.config;

import io.mempair.proxy.config.PemFile;
import io.mempair.proxy.config.TextFile;
import io.mempair.proxy.config.TlsIdentity;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.cert.X509Certificate;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/** The part of {@code group} that says how the members authenticate. Files are read here, so that a bad one is found early. */
final class GroupSecuritySection {

    /**
     * Bytes. Whoever answers at the address of a peer gets a proof made with the key, and can try keys against it for as long as it
     * likes; for 32 hex digits, the shortest that a generator makes, that takes 2^127 attempts.
     */
    private static final int MIN_KEY_BYTES = 32;

    /** A random key of 32 hex digits has fewer distinct ones once in a million. */
    private static final int MIN_DIFFERENT_BYTES = 8;

    private static final int MAX_KEY_BYTES = 4_096;
    private static final Set<PosixFilePermission> OWNER =
            EnumSet.of(PosixFilePermission.OWNER_READ, PosixFilePermission.OWNER_WRITE);

    private GroupSecuritySection() {}

    static @Nullable GroupSecurity read(Section section) {
        boolean tls = section.has(ConfigKey.GROUP_TLS_CERTIFICATE.key())
                || section.has(ConfigKey.GROUP_TLS_KEY.key())
                || section.has(ConfigKey.GROUP_TLS_CA.key());
        boolean sharedKey = section.has(ConfigKey.GROUP_KEY_FILE.key());
        if (tls && sharedKey) {
            section.wrong(
                    ConfigKey.GROUP_KEY_FILE,
                    "beside tls-certificate, tls-key, tls-ca (expected: either certificates or a key file)");
            return null;
        }
        if (tls) {
            return tls(section);
        }
        return sharedKey
                ? section.required(
                        ConfigKey.GROUP_KEY_FILE,
                        "a file",
                        text -> sharedKey(ConfigKey.GROUP_KEY_FILE.key(), ProxyValues.path(text)))
                : new GroupSecurity.None();
    }

    private static @Nullable GroupSecurity tls(Section section) {
        TlsIdentity identity =
                ListenSection.identity(section, ConfigKey.GROUP_TLS_CERTIFICATE, ConfigKey.GROUP_TLS_KEY);
        List<X509Certificate> authorities = section.required(
                ConfigKey.GROUP_TLS_CA,
                "a PEM file",
                text -> PemFile.certificates(ConfigKey.GROUP_TLS_CA.key(), ProxyValues.path(text)));
        return identity == null || authorities == null
                ? null
                : section.build(() -> new GroupSecurity.Tls(identity, authorities));
    }

    private static GroupSecurity sharedKey(String configKey, Path file) {
        String place = configKey + ": " + file;
        try {
            TextFile.requireReadable(file);
            Set<PosixFilePermission> permissions = Files.getPosixFilePermissions(file);
            if (!OWNER.containsAll(permissions)) {
                throw new IllegalArgumentException(place + " has mode " + PosixFilePermissions.toString(permissions)
                        + " (expected: readable by its owner only: chmod 600 " + file + ')');
            }
            byte[] key = withoutLineEnd(start(file));
            if (key.length < MIN_KEY_BYTES || key.length > MAX_KEY_BYTES) {
                throw new IllegalArgumentException(place + " has " + key.length + " bytes (expected: " + MIN_KEY_BYTES
                        + ".." + MAX_KEY_BYTES + " random ones; `mempair key FILE` makes such a file)");
            }
            if (different(key) < MIN_DIFFERENT_BYTES) {
                throw new IllegalArgumentException(place + " has " + different(key) + " different characters"
                        + " (expected: random ones; `mempair key FILE` makes such a file)");
            }
            return new GroupSecurity.SharedKey(new SecretKeySpec(key, "HmacSHA256"));
        } catch (IOException e) {
            throw new IllegalArgumentException(place + ' ' + e.getMessage(), e);
        } catch (UnsupportedOperationException e) {
            throw new IllegalArgumentException(place + " is on no file system with modes (expected: one that has)", e);
        }
    }

    private static long different(byte[] key) {
        return IntStream.range(0, key.length).map(i -> key[i]).distinct().count();
    }

    private static byte[] start(Path file) throws IOException {
        try (InputStream in = Files.newInputStream(file)) {
            return in.readNBytes(MAX_KEY_BYTES + 3); // enough to see that it is too long
        }
    }

    /** Editors and {@code echo} add one at the end, and the other node's file may have none. */
    private static byte[] withoutLineEnd(byte[] bytes) {
        int end = bytes.length;
        while (end > 0 && (bytes[end - 1] == '\n' || bytes[end - 1] == '\r')) {
            end--;
        }
        return Arrays.copyOf(bytes, end);
    }
}
