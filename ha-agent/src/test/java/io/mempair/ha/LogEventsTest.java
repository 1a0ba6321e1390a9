package io.mempair.ha;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The events of the log are those of the document. */
class LogEventsTest {

    private static final Path DOCUMENT = Path.of("..", "docs", "reference", "log-events.md");
    private static final Pattern SAID = Pattern.compile("event=([a-z_]+)");
    private static final Pattern ROW = Pattern.compile("(?m)^\\| (`.*?`) \\|");
    private static final Pattern NAME = Pattern.compile("`([a-z_]+)`");

    @Test
    void theDocumentNamesEveryEventAndNoOther() throws IOException {
        TreeSet<String> documented = new TreeSet<>();
        Matcher row = ROW.matcher(Files.readString(DOCUMENT));
        while (row.find()) {
            Matcher name = NAME.matcher(row.group(1));
            while (name.find()) {
                documented.add(name.group(1));
            }
        }

        assertThat(documented).isEqualTo(said());
    }

    private static TreeSet<String> said() throws IOException {
        TreeSet<String> names = new TreeSet<>();
        for (Path module : List.of(Path.of("../proxy-core/src/main/java"), Path.of("../ha-agent/src/main/java"))) {
            try (Stream<Path> files = Files.walk(module)) {
                for (Path file :
                        files.filter(path -> path.toString().endsWith(".java")).toList()) {
                    Matcher event = SAID.matcher(Files.readString(file));
                    while (event.find()) {
                        names.add(event.group(1));
                    }
                }
            }
        }
        return names;
    }
}
