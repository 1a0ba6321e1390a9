package io.mempair.proxy.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
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
        assertThat(wrong(file(new byte[11]))).isEqualTo("is over 10 bytes (expected: a text file)");
        assertThat(wrong(file(new byte[1]))).isEqualTo("is not text, it has a byte of 0 (expected: a text file)");
        assertThat(wrong(file((byte) 0xff))).isEqualTo("is not text in UTF-8 (expected: a text file)");
    }
}
