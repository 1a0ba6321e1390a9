package io.mempair.ha.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import io.mempair.ha.config.ConfigReader;
import io.mempair.ha.config.ConfigText;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What the pages {@code docs/operating/migrating-from-*.md} tell people to write works. */
class MigrationDocumentTest {

    private static final Path PAGES = Path.of("..", "docs", "operating");

    private static final Pattern YAML = Pattern.compile("(?s)```yaml\n(.*?)```");

    /** A line of a block, a unit's {@code ExecStart}, or a code span. */
    private static final Pattern COMMAND =
            Pattern.compile("(?m)^(?:Exec\\w+=\\S*/)?mempair ((?:(?! #).)+)|`mempair ([^`]+)`");

    @TempDir
    private Path folder;

    private static String document() throws IOException {
        return Files.readString(PAGES.resolve("migrating-from-magent.md"));
    }

    private static String documents() throws IOException {
        StringBuilder all = new StringBuilder();
        for (String from : List.of("magent", "twemproxy", "client-sharding")) {
            all.append(Files.readString(PAGES.resolve("migrating-from-" + from + ".md")));
        }
        return all.toString();
    }

    private static Stream<String> files() throws IOException {
        return YAML.matcher(documents()).results().map(match -> match.group(1));
    }

    private static Stream<String> commands() throws IOException {
        return COMMAND.matcher(documents().replace("\\\n", "")) // a shell goes on in the next line
                .results()
                .map(MigrationDocumentTest::words)
                .distinct();
    }

    private static String words(MatchResult match) {
        String words = match.group(1) == null ? match.group(2) : match.group(1);
        return words.replaceAll(" >.*", "").strip();
    }

    @ParameterizedTest
    @MethodSource("files")
    void everyFileInTheDocumentIsGood(String text) throws Exception {
        Path file = Files.writeString(folder.resolve("mempair.yaml"), text);

        assertThatCode(() -> {
                    if (ConfigReader.describesNode(ConfigText.of(file))) {
                        ConfigReader.readNode(file);
                    } else {
                        ConfigReader.readProxy(file);
                    }
                })
                .doesNotThrowAnyException();
    }

    @ParameterizedTest
    @MethodSource("commands")
    void everyCommandInTheDocumentIsUnderstood(String words) {
        assertThatCode(() -> Main.commandLine().parseArgs(words.split(" +"))).doesNotThrowAnyException();
    }

    @Test
    void thereIsARecipeForEverySetUp() throws IOException {
        List<String> numbers = Pattern.compile("(?m)^### (\\d)\\. ")
                .matcher(document())
                .results()
                .map(match -> match.group(1))
                .toList();

        assertThat(numbers).containsExactly("1", "2", "3", "4", "5", "6", "7", "8");
        assertThat(files()).hasSizeGreaterThanOrEqualTo(7);
        assertThat(commands()).hasSizeGreaterThanOrEqualTo(10);
    }
}
