package io.mempair.ha.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The file that the packages install: every key of a node, commented out. */
class SampleFileTest {

    /** {@code #section:}, or a key below it, of a list or not. */
    private static final Pattern LINE = Pattern.compile("#(?:([a-z-]+):|(?:  |- )([a-z-]+): (.+))");

    /** One key as it would be if its comment sign were taken away. */
    private record SampleKey(String section, String name, String value) {

        String path() {
            return section + '.' + name;
        }
    }

    @TempDir
    private Path folder;

    private static List<SampleKey> keys() throws IOException {
        List<SampleKey> keys = new ArrayList<>();
        String section = "";
        for (String line : Files.readAllLines(Path.of("../deploy/package/etc/mempair.yaml"))) {
            Matcher matcher = LINE.matcher(line);
            if (!matcher.matches()) {
                assertThat(line).matches("|# .*|#");
            } else if (matcher.group(1) != null) {
                section = matcher.group(1);
            } else {
                keys.add(new SampleKey(section, matcher.group(2), matcher.group(3)));
            }
        }
        return keys;
    }

    /** What is wrong with a file that has these keys of the sample, as it has them. */
    private List<String> problems(List<SampleKey> keys) throws IOException {
        String text = keys.stream().collect(Collectors.groupingBy(SampleKey::section)).entrySet().stream()
                .map(section -> section.getKey() + ": "
                        + section.getValue().stream()
                                .map(key -> key.name() + ": " + key.value())
                                .collect(Collectors.joining(", ", "{", "}\n")))
                .collect(Collectors.joining());
        Path file = Files.writeString(folder.resolve("a.yaml"), text);
        ConfigException refused = catchThrowableOfType(ConfigException.class, () -> ConfigReader.readNode(file));
        return refused == null ? List.of() : refused.problems();
    }

    @Test
    void itHasEveryKeyTheReaderKnowsAndNoOther() throws IOException {
        assertThat(keys().stream().map(SampleKey::path))
                .containsExactlyElementsOf(
                        Arrays.stream(ConfigKey.values()).map(ConfigKey::path).toList());
    }

    @Test
    void theKeysMarkedAsRequiredAreEnough() throws IOException {
        List<SampleKey> required =
                keys().stream().filter(SampleFileTest::isRequired).toList();

        assertThat(problems(required)).isEmpty();
        for (SampleKey key : required) {
            List<SampleKey> others =
                    required.stream().filter(other -> other != key).toList();
            assertThat(problems(others)).as(key.path()).isNotEmpty();
        }
    }

    private static boolean isRequired(SampleKey key) {
        try {
            List<String> lines = Files.readAllLines(Path.of("../deploy/package/etc/mempair.yaml"));
            int at = lines.indexOf("#  " + key.name() + ": " + key.value());
            return at > 0 && lines.get(at - 1).startsWith("# REQUIRED");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Each alone beside the required ones. One may lack its file, or a key it goes with; its value is not at fault. */
    @Test
    void eachValueIsOneThatItsKeyTakes() throws IOException {
        List<SampleKey> required =
                keys().stream().filter(SampleFileTest::isRequired).toList();
        for (SampleKey key : keys()) {
            if (key.section().equals("checks") || required.contains(key)) {
                continue;
            }
            List<SampleKey> more = new ArrayList<>(required);
            more.add(key);
            assertThat(problems(more))
                    .as(key.path())
                    .noneMatch(problem -> problem.contains("unknown key")
                            || problem.contains('\'' + key.value() + '\'')
                                    && !key.value().startsWith("/"));
        }
    }
}
