package io.mempair.ha.admin;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** What is said, and only once, of a control socket that cannot be opened again. */
class ControlSocketTest {

    @Test
    void aReasonIsTheSameForEachTryWhateverItsFolderIsCalled() {
        String first = ControlSocket.reason(tooMany("/run/mempair/.c1234"));
        String second = ControlSocket.reason(tooMany("/run/mempair/.c9876"));

        assertThat(first).isEqualTo("Too many open files").isEqualTo(second);
    }

    private static IOException tooMany(String folder) {
        return new FileSystemException(Path.of(folder).toString(), null, "Too many open files");
    }

    @Test
    void aReasonWithoutWordsIsNamedByItsKind() {
        assertThat(ControlSocket.reason(new FileSystemException("/run/mempair/.c1234")))
                .isEqualTo("FileSystemException");
    }

    @Test
    void whatAnotherFailureSaysIsTheReason() {
        assertThat(ControlSocket.reason(new IOException("/run/m.sock is in use by another process")))
                .isEqualTo("/run/m.sock is in use by another process");
    }
}
