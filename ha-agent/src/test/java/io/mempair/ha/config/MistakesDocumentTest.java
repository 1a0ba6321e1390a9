package io.mempair.ha.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Makes the mistakes that people make in a file. {@code docs/operating/mistakes.md} is made of them and of what the program says;
 * {@code -Dmempair.document=write} writes it anew.
 */
class MistakesDocumentTest {

    private static final Path DOCUMENT = Path.of("..", "docs", "operating", "mistakes.md");

    private static final String SHOWN_AS = "/etc/mempair/mempair.yaml";

    /** Where a message says the mistake is, and that it names the key and what is expected or likely meant. */
    private static final Pattern COMPLETE = Pattern.compile(
            Pattern.quote(SHOWN_AS) + ":\\d+:\\d+: .*(\\(expected: .+\\)|\\(did you mean '.+'\\?\\)).*");

    private static final String GOOD = """
        node: {name: a, priority: 110}
        group:
          bind: 10.0.0.1
          peers: [10.0.0.2]
        virtual-address: {address: 10.0.0.100/24, interface: eth0}
        proxy:
          servers: [10.0.0.21, 10.0.0.22]
          timeout: 500ms
        """;

    /** A part of the good file, and what somebody writes instead. */
    record Mistake(String what, String key, String good, String bad) {

        String file() {
            assertThat(GOOD).contains(good);
            return GOOD.replaceFirst(Pattern.quote(good), bad);
        }

        @Override
        public String toString() {
            return what;
        }
    }

    static Stream<Mistake> mistakes() {
        return Stream.of(
                new Mistake("A key is misspelt", "proxy.timout", "timeout: 500ms", "timout: 500ms"),
                new Mistake("A key is there twice", "proxy.timeout", "timeout: 500ms", "timeout: 500ms\n  timeout: 1s"),
                new Mistake("A duration in words", "proxy.timeout", "500ms", "5 seconds"),
                new Mistake("A size with an unknown unit", "proxy.max-unread", "timeout: 500ms", "max-unread: 5 MBs"),
                new Mistake(
                        "The address without its prefix length",
                        "virtual-address.address",
                        "10.0.0.100/24",
                        "10.0.0.100"),
                new Mistake(
                        "The address of the network itself", "virtual-address.address", "10.0.0.100/24", "10.0.0.0/24"),
                new Mistake("No network interface", "virtual-address.interface", ", interface: eth0", ""),
                new Mistake("`bind` is the virtual address", "group.bind", "bind: 10.0.0.1", "bind: 10.0.0.100"),
                new Mistake("`bind` is every address", "group.bind", "bind: 10.0.0.1", "bind: 0.0.0.0"),
                new Mistake(
                        "A file copied from the other node: its peer is itself",
                        "group.peers",
                        "[10.0.0.2]",
                        "[10.0.0.1]"),
                new Mistake("A witness in mode `pair`", "group.witness", "  peers", "  witness: 10.0.0.3\n  peers"),
                new Mistake("Mode `witness` without one", "group.witness", "  peers", "  mode: witness\n  peers"),
                new Mistake("No servers", "proxy.servers", "  servers: [10.0.0.21, 10.0.0.22]\n", ""),
                new Mistake("A list without commas", "proxy.servers", "10.0.0.21, ", "10.0.0.21 "),
                new Mistake(
                        "The keys of one server without a list around it",
                        "proxy.servers",
                        "[10.0.0.21, 10.0.0.22]",
                        "{name: cache-a, address: 10.0.0.21}"),
                new Mistake("A server twice", "proxy.servers", "10.0.0.22", "10.0.0.21"),
                new Mistake("A server twice, in two spellings", "proxy.servers", "10.0.0.22", "'::ffff:10.0.0.21'"),
                new Mistake(
                        "A tie-breaker that always answers",
                        "group.tie-breaker",
                        "  peers",
                        "  tie-breaker: 10.0.0.1\n  peers"),
                new Mistake(
                        "A tie-breaker that dies with the other node",
                        "group.tie-breaker",
                        "  peers",
                        "  tie-breaker: 10.0.0.2\n  peers"),
                new Mistake("Both nodes as peers", "group.peers", "[10.0.0.2]", "[10.0.0.2, 10.0.0.3]"),
                new Mistake("One port for two things", "proxy.listen", "timeout: 500ms", "listen: 0.0.0.0:9411"),
                new Mistake("The admin face switched off", "admin.http", "proxy:", "admin: {http: off}\nproxy:"),
                new Mistake("What needs two copies, with one", "proxy.hedge", "timeout: 500ms", "hedge: true"),
                new Mistake(
                        "A longest value over the memory for values",
                        "proxy.max-buffered",
                        "timeout: 500ms",
                        "max-value: 256m"),
                new Mistake("The virtual address among the servers", "proxy.servers", "10.0.0.22", "10.0.0.100"),
                new Mistake("A port with a digit too many", "proxy.servers", "10.0.0.22", "10.0.0.22:112111"),
                new Mistake(
                        "The backups are the primaries",
                        "proxy.backups",
                        "  timeout",
                        "  backups: [10.0.0.21, 10.0.0.22]\n  timeout"),
                new Mistake(
                        "A distribution that is not known",
                        "proxy.distribution",
                        "timeout: 500ms",
                        "distribution: consistent"),
                new Mistake("A priority out of range", "node.priority", "110", "300"),
                new Mistake(
                        "A key file that is not there",
                        "group.key-file",
                        "  peers",
                        "  key-file: /etc/mempair/pair.key\n  peers"),
                new Mistake(
                        "A relative path", "admin.control", "proxy:", "admin: {control: run/control.sock}\nproxy:"));
    }

    @TempDir
    private Path folder;

    private List<String> problems(String text) throws IOException {
        Path file = Files.writeString(folder.resolve("mempair.yaml"), text);
        try {
            ConfigReader.readNode(file);
            return List.of();
        } catch (ConfigException e) {
            return e.problems().stream()
                    .map(problem -> problem.replace(file.toString(), SHOWN_AS))
                    .toList();
        }
    }

    @Test
    void theGoodFileIsGood() throws IOException {
        assertThat(problems(GOOD)).isEmpty();
    }

    @ParameterizedTest
    @MethodSource("mistakes")
    void eachMistakeIsOneMessageThatNamesTheKeyAndTheRemedy(Mistake mistake) throws IOException {
        assertThat(problems(mistake.file()))
                .singleElement()
                .satisfies(problem ->
                        assertThat(problem).contains(mistake.key() + ": ").matches(COMPLETE));
    }

    @Test
    void theDocumentSaysWhatIsSaid() throws IOException {
        String wanted = document();
        if ("write".equals(System.getProperty("mempair.document"))) {
            Files.writeString(DOCUMENT, wanted);
        }
        assertThat(Files.readString(DOCUMENT))
                .as("made of the mistakes; write it anew with -Dtest=MistakesDocumentTest -Dmempair.document=write")
                .isEqualTo(wanted);
    }

    private String document() throws IOException {
        String rows = mistakes().map(this::row).collect(Collectors.joining());
        return """
            # Typical mistakes in the file

            What `mempair check-config`, the start and `mempair reload` say of mistakes that people make, each made in the good file
            below by `MistakesDocumentTest`. Every message has the place (line and column), the key, what is there, and what is
            expected; all mistakes of a file are told at once. The exit code is 2, nothing is started, and a running node stays as it is.

            ```yaml
            """ + GOOD + """
            ```

            | mistake | instead of | is written | what is said |
            | --- | --- | --- | --- |
            """ + rows;
    }

    private String row(Mistake mistake) {
        try {
            return "| " + mistake.what() + " | " + code(mistake.good()) + " | " + code(mistake.bad()) + " | "
                    + code(problems(mistake.file()).get(0)) + " |\n";
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private static String code(String text) {
        return text.isBlank()
                ? "nothing"
                : text.strip().lines().map(line -> '`' + line.strip() + '`').collect(Collectors.joining(" "));
    }
}
