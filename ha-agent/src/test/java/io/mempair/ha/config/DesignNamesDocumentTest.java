package io.mempair.ha.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The pages that lead through the code name packages, classes and methods that are there. */
class DesignNamesDocumentTest {

    private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();

    /** A class, perhaps with its package before it and a method or a nested class behind it. */
    private static final Pattern NAME = Pattern.compile("`((?:[a-z]+\\.)*)([A-Z][a-z]\\w+)(?:\\.(\\w+))?`");

    private static final Pattern DECLARATION = Pattern.compile("\\b(?:class|interface|enum|record) (\\w+)");

    /** The files that declare a type, nested or not, by its simple name. */
    private static Map<String, List<Path>> sources() throws IOException {
        Map<String, List<Path>> sources = new HashMap<>();
        for (String module : List.of("proxy-core", "ha-agent")) {
            try (Stream<Path> files = Files.walk(ROOT.resolve(module).resolve("src"))) {
                for (Path file :
                        files.filter(file -> file.toString().endsWith(".java")).toList()) {
                    DECLARATION
                            .matcher(Files.readString(file))
                            .results()
                            .forEach(type -> sources.computeIfAbsent(type.group(1), name -> new ArrayList<>())
                                    .add(file));
                }
            }
        }
        return sources;
    }

    @ParameterizedTest
    @ValueSource(strings = {"paths.md", "architecture.md"})
    void everyClassAndMethodNamedIsThere(String page) throws IOException {
        Map<String, List<Path>> sources = sources();
        List<String> missing = new ArrayList<>();
        List<MatchResult> names = NAME.matcher(Files.readString(ROOT.resolve("docs/design/" + page)))
                .results()
                .toList();
        for (MatchResult name : names) {
            String packages = name.group(1).replace('.', '/');
            boolean there = false;
            for (Path file : sources.getOrDefault(name.group(2), List.of())) {
                String member = name.group(3);
                there |= file.getParent().toString().concat("/").endsWith("/" + packages)
                        && (member == null || Files.readString(file).matches("(?s).*\\b" + member + "\\b.*"));
            }
            if (!there) {
                missing.add(name.group());
            }
        }
        assertThat(names).hasSizeGreaterThan(20);
        assertThat(missing).isEmpty();
    }

    @Test
    void theFiveWaysBeginWithTheQuestionsOfAReader() throws IOException {
        assertThat(Files.readString(ROOT.resolve("docs/design/paths.md"))
                        .lines()
                        .filter(line -> line.startsWith("## ")))
                .containsExactly(
                        "## What happens to a delete while a server is down?",
                        "## Who may send a flush to a server, and when?",
                        "## What may a reload change?",
                        "## Which class do I touch to add a text command?",
                        "## Who may be active?");
    }
}
