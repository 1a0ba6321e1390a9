package io.mempair.proxy.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

class TextFileTest {

    @TempDir
    private Path folder;

    private static String wrong(Path file) {
        return assertThatIOException()
                .isThrownBy(() -> TextFile.read(file, 10, StandardCharsets.UTF_8))
                .actual()
                .getMessage();
    }

    private Path file(byte... bytes) throws IOException {
        return Files.write(folder.resolve("file"), bytes);
    }

    @Test
    void aTextIsRead() throws IOException {
        assertThat(TextFile.read(file("grün".getBytes(StandardCharsets.UTF_8)), 10, StandardCharsets.UTF_8))
                .isEqualTo("grün");
    }

    @Test
    void whatIsWrongIsToldInWordsThatGoBehindTheName() throws IOException {
        assertThat(wrong(folder.resolve("none"))).isEqualTo("is not there (expected: a file that this user can read)");
        assertThat(wrong(folder)).isEqualTo("is a folder (expected: a file)");
        assertThat(wrong(file(new byte[11]))).isEqualTo("has 11 bytes (expected: a text file of at most 10)");
        assertThat(wrong(file(new byte[1]))).isEqualTo("is not text, it has a byte of 0 (expected: a text file)");
        assertThat(wrong(file((byte) 0xff))).isEqualTo("is not text in UTF-8 (expected: a text file)");
    }

    /** A pipe without a writer, and a device without an end. */
    @Test
    @Timeout(20)
    void whatIsNoFileIsNotOpened() throws Exception {
        Path pipe = folder.resolve("pipe");
        assertThat(new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor())
                .isZero();

        assertThat(wrong(pipe)).isEqualTo("is a pipe (expected: a file)");
        assertThat(wrong(Path.of("/dev/zero"))).isEqualTo("is a device (expected: a file)");
        assertThatIOException()
                .isThrownBy(() -> TextFile.requireReadable(pipe))
                .withMessage("is a pipe (expected: a file)");
    }

    @Test
    @Timeout(20)
    void aPersonsPipeIsReadToItsEndAndNoFurtherThanTheBound() throws Exception {
        assertThat(piped("echo text")).isEqualTo("text\n");
        assertThatIOException()
                .isThrownBy(() -> piped("cat /dev/zero"))
                .withMessage("has more than 10 bytes (expected: a text file of at most 10)");
        assertThatIOException()
                .isThrownBy(() -> TextFile.readOrPiped(Path.of("/dev/zero"), 10, StandardCharsets.UTF_8))
                .withMessage("is a device (expected: a file)");
    }

    private String piped(String command) throws Exception {
        Path pipe = Files.createTempDirectory(folder, "piped").resolve("pipe");
        assertThat(new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor())
                .isZero();
        Process writer = new ProcessBuilder("sh", "-c", command + " 2>/dev/null >" + pipe).start();
        try {
            return TextFile.readOrPiped(pipe, 10, StandardCharsets.UTF_8);
        } finally {
            writer.waitFor();
        }
    }
}
