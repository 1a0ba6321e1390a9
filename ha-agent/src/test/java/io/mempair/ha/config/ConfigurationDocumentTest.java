package io.mempair.ha.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ConfigurationDocumentTest {

    /** First cell of a table row: {@code | `section.key` | ...}. */
    private static final Pattern ROW = Pattern.compile("(?m)^\\| `([a-z-]+\\.[a-z-]+)` \\|");

    private static final Pattern EXAMPLE = Pattern.compile("(?s)```yaml\n(.*?)```");

    @Test
    void theDocumentHasEveryKeyTheReaderKnowsAndNoOther() throws IOException {
        List<String> documented =
                ROW.matcher(document()).results().map(match -> match.group(1)).toList();

        assertThat(documented)
                .containsExactlyElementsOf(
                        Arrays.stream(ConfigKey.values()).map(ConfigKey::path).toList());
    }

    @Test
    void theExampleInTheDocumentIsAGoodFile(@TempDir Path folder) throws Exception {
        var example = EXAMPLE.matcher(document());
        assertThat(example.find()).isTrue();

        NodeConfig node = ConfigReader.readNode(Files.writeString(folder.resolve("a.yaml"), example.group(1)));

        assertThat(node.name()).isEqualTo("a");
    }

    private static String document() throws IOException {
        return Files.readString(Path.of("..", "docs", "reference", "configuration.md"));
    }
}
