package io.mempair.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** One simple name, one class: whoever reads a name, or looks for it, finds what is meant. */
class NamesArchitectureTest {

    private static final List<String> MODULES = List.of("proxy-core", "ha-agent", "deploy");

    /** A declaration at the beginning of a line; group 1 is its indentation, which a type of its own file has none of. */
    private static final Pattern DECLARATION = Pattern.compile(
            "^( *)(?:(?:public|protected|private|static|abstract|final|sealed|non-sealed) )*"
                    + "(?:class|record|@?interface|enum) ([A-Z]\\w*)",
            Pattern.MULTILINE);

    @Test
    void noTwoTypesOfMainCodeHaveTheSameSimpleNameNorHasATestTheNameOfAnother() throws IOException {
        Map<String, List<Path>> declared = new TreeMap<>();
        Path root = Path.of("..").toAbsolutePath().normalize();
        for (String module : MODULES) {
            collect(root.resolve(module).resolve("src/main/java"), true, declared);
            collect(root.resolve(module).resolve("src/test/java"), false, declared);
        }
        assertThat(declared).as("the sources were found").hasSizeGreaterThan(1_000);

        declared.values().removeIf(files -> files.size() == 1);

        assertThat(declared).isEmpty();
    }

    /** @param nested  whether types inside others count too */
    private static void collect(Path folder, boolean nested, Map<String, List<Path>> declared) throws IOException {
        if (!Files.exists(folder)) {
            return;
        }
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file :
                    files.filter(file -> file.toString().endsWith(".java")).toList()) {
                Matcher declaration = DECLARATION.matcher(Files.readString(file));
                while (declaration.find()) {
                    if (nested || declaration.group(1).isEmpty()) {
                        declared.computeIfAbsent(declaration.group(2), name -> new ArrayList<>())
                                .add(file);
                    }
                }
            }
        }
    }
}
