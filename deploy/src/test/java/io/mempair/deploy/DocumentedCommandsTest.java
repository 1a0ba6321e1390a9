package io.mempair.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every command that a page tells to type is run by a test, or the page says that it is not. */
class DocumentedCommandsTest {

    private static final Path ROOT = Path.of("..");

    private static final Pattern COMMAND = Pattern.compile(
            "(\\$ )?(mempair|apt|systemctl|openssl|deploy/\\S+|mvn|curl|chown|chmod|promtool|ansible-playbook) .*|deploy/\\S+\\.sh.*");

    private static final String NOT_RUN = "# not run by a test";

    private static final Pattern RUN_BY = Pattern.compile("# run by ([A-Za-z]+)");

    private static final int MAX_README_LINES = 60;

    /**
     * A fenced block.
     *
     * @param page      its file
     * @param heading   the last heading of second degree above it
     * @param language  behind the fence
     */
    record Block(Path page, String heading, String language, List<String> lines) {

        boolean hasCommands() {
            return lines.stream().anyMatch(line -> COMMAND.matcher(line).matches());
        }

        @Override
        public String toString() {
            return page.getFileName() + ", " + heading + ": " + (lines.isEmpty() ? "" : lines.get(0));
        }
    }

    static Stream<Block> blocks() throws IOException {
        List<Path> elsewhere = Stream.of("README.md", "CONTRIBUTING.md", "deploy/ansible/README.md")
                .map(ROOT::resolve)
                .toList();
        try (Stream<Path> docs = Files.walk(ROOT.resolve("docs"))) {
            List<Path> pages = docs.filter(page -> page.toString().endsWith(".md"))
                    .sorted()
                    .toList();
            return Stream.concat(elsewhere.stream(), pages.stream())
                    .flatMap(page -> blocksOf(page).stream())
                    .filter(block -> block.language().equals("sh") || block.hasCommands());
        }
    }

    private static List<Block> blocksOf(Path page) {
        List<Block> blocks = new ArrayList<>();
        String heading = "";
        Block open = null;
        for (String line : lines(page)) {
            String text = line.strip();
            if (open != null && text.equals("```")) {
                blocks.add(open);
                open = null;
            } else if (open != null) {
                open.lines().add(text);
            } else if (text.startsWith("```")) {
                open = new Block(page, heading, text.substring(3), new ArrayList<>());
            } else if (text.startsWith("## ")) {
                heading = text.substring(3);
            }
        }
        return blocks;
    }

    private static List<String> lines(Path page) {
        try {
            return Files.readAllLines(page);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @ParameterizedTest
    @MethodSource("blocks")
    void isRunOrSaysThatItIsNot(Block block) {
        if (block.language().equals("sh")) {
            assertThat(PastedCommands.RUN.get(block.page().getFileName().toString()))
                    .as(
                            "headings whose commands are pasted; for another block leave the language out and begin with '%s'",
                            NOT_RUN)
                    .isNotNull()
                    .contains(block.heading());
            return;
        }
        String first = block.lines().get(0);
        var runBy = RUN_BY.matcher(first);
        if (runBy.matches()) {
            assertThat(testClass(runBy.group(1))).as(first).isTrue();
        } else {
            assertThat(first).as("the first line, or '# run by' and a test").isEqualTo(NOT_RUN);
        }
    }

    private static boolean testClass(String name) {
        return Stream.of("deploy", "ha-agent", "proxy-core").anyMatch(module -> {
            try (Stream<Path> files = Files.walk(ROOT.resolve(module).resolve("src/test/java"))) {
                return files.anyMatch(file -> file.getFileName().toString().equals(name + ".java"));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        });
    }

    @Test
    void whatIsPastedIsAskedForByTheTestThatPastesIt() throws IOException {
        String test = Files.readString(Path.of("src/test/java/io/mempair/deploy/QuickStartIT.java"));
        PastedCommands.RUN
                .values()
                .forEach(headings -> assertThat(headings)
                        .allSatisfy(heading -> assertThat(test).contains('"' + heading + '"')));
    }

    @Test
    void theReadMeFitsAScreen() {
        assertThat(lines(ROOT.resolve("README.md"))).hasSizeLessThanOrEqualTo(MAX_README_LINES);
    }

    /** Each alert says in the page what to do, and its rule is tested. */
    @Test
    void everyAlertIsExplainedAndTested() throws IOException {
        Path folder = Path.of("prometheus");
        List<String> alerts = Pattern.compile("- alert: (\\w+)")
                .matcher(Files.readString(folder.resolve("mempair-rules.yml")))
                .results()
                .map(match -> match.group(1))
                .toList();
        String tests = Files.readString(folder.resolve("mempair-rules-test.yml"));
        String page = Files.readString(ROOT.resolve("docs/operating/monitoring.md"));

        assertThat(alerts)
                .contains(
                        "MempairNoActiveNode",
                        "MempairTwoHolders",
                        "MempairNoSpare",
                        "MempairPeerSilent",
                        "MempairRoleFlapping",
                        "MempairLongPauses",
                        "MempairAddressConflict",
                        "MempairServerDown",
                        "MempairServerOut",
                        "MempairJournalOverflow",
                        "MempairRefillStuck",
                        "MempairErrorRate",
                        "MempairSlowServer",
                        "MempairConnectionLimit",
                        "MempairReloadRefused",
                        "MempairVersionsDiffer",
                        "MempairPoolsDiffer",
                        "MempairCertificateEnds")
                .allSatisfy(alert -> {
                    assertThat(page).contains("| `" + alert + "` |");
                    assertThat(tests).containsPattern("alertname: " + alert + "\\n +exp_alerts:\\n");
                });
    }
}
