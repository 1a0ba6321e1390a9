package io.mempair.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The proofs at length name tests and programs of the tree. A class that moved must not end a proof that is run once a month. */
class ScriptedClassesTest {

    private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();

    /** With its package; also a package alone, which must be one of a module. */
    private static final Pattern FULL_NAME = Pattern.compile("io\\.mempair\\.[\\w.]+");

    private static final Pattern TEST_NAME = Pattern.compile("(?<![\\w.*-])[A-Z][a-z]\\w*(?:IT|Tests?)\\b");

    /** What surefire is told so that it runs none. */
    private static final String NO_TEST = "NoUnitTest";

    @Test
    void whatAScriptNamesIsThere() throws IOException {
        Set<String> types = new TreeSet<>();
        Set<String> simpleNames = new TreeSet<>();
        for (Path source : sources()) {
            String name = source.toString().replaceFirst(".*/java/", "").replace('/', '.');
            types.add(name.substring(0, name.length() - ".java".length()));
            simpleNames.add(name.replaceAll("\\.java$", "").replaceFirst(".*\\.", ""));
        }
        Set<String> packages = types.stream()
                .map(name -> name.substring(0, name.lastIndexOf('.')))
                .collect(Collectors.toCollection(TreeSet::new));
        Set<String> missing = new TreeSet<>();
        for (Path script : scripts()) {
            String text = Files.readString(script);
            all(FULL_NAME, text)
                    .filter(name -> !types.contains(name) && !packages.contains(name))
                    .forEach(name -> missing.add(ROOT.relativize(script) + " names " + name));
            all(TEST_NAME, text)
                    .filter(name -> !simpleNames.contains(name) && !name.equals(NO_TEST))
                    .forEach(name -> missing.add(ROOT.relativize(script) + " names " + name));
        }

        assertThat(simpleNames).as("the sources were found").hasSizeGreaterThan(1_000);
        assertThat(missing).isEmpty();
    }

    private static Stream<String> all(Pattern pattern, String text) {
        return pattern.matcher(text).results().map(MatchResult::group);
    }

    private static List<Path> sources() throws IOException {
        try (Stream<Path> files = Files.walk(ROOT, 14)) {
            return files.filter(file -> file.toString().matches(".*/src/(main|test)/java/.*\\.java"))
                    .toList();
        }
    }

    private static List<Path> scripts() throws IOException {
        try (Stream<Path> files = Files.walk(ROOT.resolve("deploy"), 2)) {
            return files.filter(file -> file.toString().endsWith(".sh")).toList();
        }
    }
}
