package io.mempair.ha.certificate;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.HexFormat;

/** A file with a random secret, for {@code group.key-file}. */
public final class SecretFile {

    private static final int SECRET_BYTES = 32;

    private SecretFile() {}

    /**
     * Writes a new secret, as digits in hex and a line end, that only the owner of the file can read.
     *
     * @throws IllegalArgumentException when the file is there already: the nodes may be using it
     */
    public static void create(Path file) throws IOException {
        byte[] secret = new byte[SECRET_BYTES];
        new SecureRandom().nextBytes(secret);
        byte[] line = (HexFormat.of().formatHex(secret) + '\n').getBytes(StandardCharsets.US_ASCII);
        try (NewFiles files = new NewFiles()) {
            files.write(file, "rw-------", out -> out.write(line));
            files.keep();
        } catch (FileAlreadyExistsException e) {
            throw new IllegalArgumentException(
                    file + " is there already (expected: a new name, or move the old file away first)", e);
        }
    }
}
