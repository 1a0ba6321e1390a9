package io.mempair.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ManPagesTest {

    @TempDir
    private Path folder;

    @BeforeEach
    void writeThem() throws IOException {
        ManPages.main(new String[] {folder.toString(), "2026-01-01", "1.2.3"});
    }

    private String page(String name) throws IOException {
        return Files.readString(folder.resolve(name + ".1"));
    }

    @Test
    void aCommandHasItsOwnExitCodesAndItsExamples() throws IOException {
        assertThat(page("mempair-status"))
                .contains(".SH \"EXIT STATUS\"\n.TP\n.B 0\nit is shown; with \\-\\-check: all is well\n")
                .contains(".B 3\nwith \\-\\-check only")
                .containsPattern("\\.SH \"EXAMPLES\"\n\\.nf\n *mempair status\n *mempair status \\\\-\\\\-watch\n");
        assertThat(page("mempair-node")).contains(".B 3\n").doesNotContain("it is shown");
        assertThat(page("mempair-slow")).contains(".SH \"NOTES\"\ntook is the time from the request");
    }

    @Test
    void everyPageHasBoth() throws IOException {
        try (Stream<Path> pages = Files.list(folder)) {
            assertThat(pages)
                    .hasSizeGreaterThan(20)
                    .allSatisfy(page -> assertThat(page)
                            .content()
                            .contains("\n.SH \"EXIT STATUS\"\n.TP\n.B 0\n")
                            .contains("\n.SH \"EXAMPLES\"\n.nf\n"));
        }
    }
}
