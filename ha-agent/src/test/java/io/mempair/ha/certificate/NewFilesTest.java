package io.mempair.ha.certificate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mempair.ha.certificate.NewFiles.FileBody;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NewFilesTest {

    @TempDir
    private Path folder;

    private static NewFiles.FileBody text(String text) {
        return out -> out.write(text.getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void whatIsKeptIsThereForWhomItIsFor() throws IOException {
        try (NewFiles files = new NewFiles()) {
            files.write(folder.resolve("key"), "rw-------", text("secret"));
            files.write(folder.resolve("certificate"), "rw-r--r--", text("open"));

            assertThat(files.keep()).containsExactly(folder.resolve("key"), folder.resolve("certificate"));
        }

        assertThat(folder.resolve("key")).hasContent("secret");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(folder.resolve("key"))))
                .isEqualTo("rw-------");
        assertThat(folder.resolve("certificate")).hasContent("open");
    }

    @Test
    void aDiskThatIsFullInTheMiddleLeavesNothing() {
        assertThatThrownBy(() -> {
                    try (NewFiles files = new NewFiles()) {
                        files.write(folder.resolve("first"), "rw-------", text("whole"));
                        files.write(folder.resolve("second"), "rw-------", out -> {
                            out.write('h');
                            throw new IOException("No space left on device");
                        });
                        files.keep();
                    }
                })
                .isInstanceOf(IOException.class);

        assertThat(folder).isEmptyDirectory();
    }

    @Test
    void theFoldersMadeForThemGoWithThemUnlessSomebodyUsesOne() {
        Path inner = folder.resolve("a/b/c");
        FileBody full = out -> {
            throw new IOException("No space left on device");
        };

        assertThatThrownBy(() -> {
                    try (NewFiles files = new NewFiles()) {
                        files.folder(inner, "rwxr-xr-x");
                        files.write(inner.resolve("first"), "rw-------", full);
                    }
                })
                .hasMessageContaining("No space left");
        assertThat(folder).isEmptyDirectory();

        assertThatThrownBy(() -> {
                    try (NewFiles files = new NewFiles()) {
                        files.folder(inner, "rwxr-xr-x");
                        Files.writeString(folder.resolve("a/theirs"), "precious");
                        files.write(inner.resolve("first"), "rw-------", full);
                    }
                })
                .hasMessageContaining("No space left");
        assertThat(folder.resolve("a")).isDirectoryNotContaining("glob:**b");
        assertThat(folder.resolve("a/theirs")).hasContent("precious");
    }

    @Test
    void whatWasThereBeforeIsNeverTouched() throws IOException {
        Path there = Files.writeString(folder.resolve("there"), "precious");

        assertThatThrownBy(() -> {
                    try (NewFiles files = new NewFiles()) {
                        files.write(folder.resolve("first"), "rw-------", text("whole"));
                        files.write(there, "rw-------", text("new"));
                        files.keep();
                    }
                })
                .isInstanceOf(FileAlreadyExistsException.class);

        assertThat(folder).isDirectoryContaining(there::equals).isDirectoryNotContaining("glob:**first");
        assertThat(there).hasContent("precious");
    }
}
