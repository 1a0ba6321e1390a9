package io.mempair.ha.certificate;

import io.mempair.ha.time.Clock;
import io.mempair.proxy.config.TlsIdentity;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * The certificates of one pair as PEM files in one folder: {@code ca.pem} and {@code ca-key.pem}, and for each node
 * {@code NAME.pem} and {@code NAME-key.pem}. Nothing is ever overwritten; keys are readable by their owner only.
 */
public final class CertificateFolder {

    private static final Duration VALID = Duration.ofDays(3_652); // ten years
    /** Clocks of two hosts differ; a certificate must not be from the future. */
    private static final Duration CLOCK_SLACK = Duration.ofDays(1);

    private static final String AUTHORITY = "ca";

    private final Path folder;
    private final Clock clock;

    /**
     * @param folder  made if it is not there
     */
    public CertificateFolder(Path folder, Clock clock) {
        this.folder = folder;
        this.clock = clock;
    }

    /**
     * Makes a certificate and key for each name, and the authority if there is none yet.
     *
     * @return the files written
     * @throws IllegalArgumentException before anything is written: a file is in the way, or the authority is no good
     */
    public List<Path> add(List<String> names) throws IOException {
        requireFree(names);
        Instant now = Instant.ofEpochMilli(clock.wallMillis());
        boolean hasAuthority = Files.exists(certificate(AUTHORITY)) || Files.exists(key(AUTHORITY));
        TlsIdentity authority = hasAuthority
                ? authority(now)
                : Certificates.authority("mempair authority", now.minus(CLOCK_SLACK), now.plus(VALID));
        try (NewFiles files = new NewFiles()) {
            files.folder(folder, "rwx------");
            if (!hasAuthority) {
                write(AUTHORITY, authority, files);
            }
            Instant end = authority.chain().get(0).getNotAfter().toInstant();
            Instant until = now.plus(VALID).isAfter(end) ? end : now.plus(VALID);
            for (String name : names) {
                write(name, Certificates.node(name, authority, now.minus(CLOCK_SLACK), until), files);
            }
            return files.keep();
        }
    }

    private void requireFree(List<String> names) {
        Set<String> seen = new HashSet<>(Set.of(AUTHORITY));
        for (String name : names) {
            if (!seen.add(name)) {
                throw new IllegalArgumentException(
                        "'" + name + "' (expected: each name once, and none is 'ca', which is the authority's)");
            }
            for (Path file : List.of(certificate(name), key(name))) {
                if (Files.exists(file)) {
                    throw new IllegalArgumentException(
                            file + " is there already (expected: a new name, or move the old files away first)");
                }
            }
        }
    }

    private TlsIdentity authority(Instant now) {
        TlsIdentity authority = TlsIdentity.read(AUTHORITY, certificate(AUTHORITY), AUTHORITY + " key", key(AUTHORITY));
        if (!authority.key().getAlgorithm().equals("EC")
                || authority.chain().get(0).getBasicConstraints() < 0) {
            throw new IllegalArgumentException(
                    certificate(AUTHORITY) + " is no authority with an EC key (expected: one made by mempair certs)");
        }
        Instant end = authority.chain().get(0).getNotAfter().toInstant();
        if (!now.isBefore(end)) {
            throw new IllegalArgumentException(certificate(AUTHORITY) + " ended on " + end
                    + " (expected: one that is valid; make a new one in an empty folder)");
        }
        return authority;
    }

    private void write(String name, TlsIdentity identity, NewFiles files) throws IOException {
        try {
            write(key(name), "rw-------", "PRIVATE KEY", identity.key().getEncoded(), files);
            byte[] encoded = identity.chain().get(0).getEncoded();
            write(certificate(name), "rw-r--r--", "CERTIFICATE", encoded, files);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    private static void write(Path file, String permissions, String kind, byte[] der, NewFiles files)
            throws IOException {
        String base64 = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(der);
        String pem = "-----BEGIN " + kind + "-----\n" + base64 + "\n-----END " + kind + "-----\n";
        files.write(file, permissions, out -> out.write(pem.getBytes(StandardCharsets.US_ASCII)));
    }

    private Path certificate(String name) {
        return folder.resolve(name + ".pem");
    }

    private Path key(String name) {
        return folder.resolve(name + "-key.pem");
    }
}
