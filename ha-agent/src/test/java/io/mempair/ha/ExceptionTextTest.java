package io.mempair.ha;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The text of an exception is for people: the C library writes it in their language, and JDKs change it. */
class ExceptionTextTest {

    /** A text of an exception, wherever it came from, of which something is asked; or one that is compared. */
    private static final Pattern DECISION = Pattern.compile(
            "(getMessage|getLocalizedMessage)\\(\\)\\s*\\)*\\s*(\\.\\s*(toLowerCase|toUpperCase|strip|trim)\\([^)]*\\)\\s*)*"
                    + "\\.\\s*(contains|contentEquals|startsWith|endsWith|matches|equals|equalsIgnoreCase|indexOf|regionMatches)\\("
                    + "|(equals|equalsIgnoreCase|matcher|matches)\\(\\s*[\\w.]+\\.get(Localized)?Message\\(\\)"
                    + "|switch\\s*\\([^)]*get(Localized)?Message\\(\\)");

    @Test
    void nothingIsDecidedByTheTextOfAnException() throws IOException {
        List<Path> modules = List.of(Path.of("../proxy-core/src/main/java"), Path.of("../ha-agent/src/main/java"));
        assertThat(modules).allMatch(Files::isDirectory);
        for (Path module : modules) {
            try (Stream<Path> files = Files.walk(module)) {
                assertThat(files.filter(file -> file.toString().endsWith(".java"))
                                .filter(ExceptionTextTest::decides))
                        .as("decide by the text of an exception (expected: by its type)")
                        .isEmpty();
            }
        }
    }

    private static boolean decides(Path file) {
        try {
            return DECISION.matcher(Files.readString(file)).find();
        } catch (IOException e) {
            throw new UncheckedIOException(file.toString(), e);
        }
    }

    @Test
    void aDecisionByTextIsFound() {
        for (String decision : List.of(
                "return String.valueOf(e.getMessage()).contains(\"refused\");",
                "cause.getMessage().contains(\"refused\")",
                "if (e.getMessage().toLowerCase(Locale.ROOT).startsWith(\"x\"))",
                "\"Broken pipe\".equals(e.getMessage())",
                "PATTERN.matcher(e.getMessage()).find()",
                "switch (e.getMessage()) {")) {
            assertThat(DECISION.matcher(decision).find()).as(decision).isTrue();
        }
    }
}
