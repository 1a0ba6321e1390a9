package io.mempair.ha.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

/** Every command of ours that a page names is there, with the options it names. */
class DocumentedOptionsTest {

    private static final Path ROOT = Path.of("..");

    private static final Pattern BLOCK = Pattern.compile("(?ms)^```\\w*\n(.*?)^```");

    private static final Pattern IN_BLOCK = Pattern.compile("(?m)^(?:\\$ )?mempair ([a-z].*)$");

    private static final Pattern IN_TEXT = Pattern.compile("`mempair ([a-z][^`]*)`");

    private static final Pattern OPTION = Pattern.compile("(?<![\\w-])--[a-z][a-z0-9-]*");

    private static List<Path> pages() throws IOException {
        try (Stream<Path> docs = Files.walk(ROOT.resolve("docs"));
                Stream<Path> top = Files.list(ROOT)) {
            return Stream.concat(docs, top)
                    .filter(path -> path.toString().endsWith(".md"))
                    .sorted()
                    .toList();
        }
    }

    private static List<String> commands(String page) {
        return Stream.concat(
                        BLOCK.matcher(page)
                                .results()
                                .flatMap(block ->
                                        IN_BLOCK.matcher(block.group(1)).results()),
                        IN_TEXT.matcher(page).results())
                .flatMap(command -> Stream.of(command.group(1).split("&& mempair ")))
                .toList();
    }

    @Test
    void everyCommandAndOptionIsThere() throws IOException {
        CommandLine program = Main.commandLine();
        List<String> unknown = new ArrayList<>();
        int seen = 0;
        for (Path page : pages()) {
            for (String words : commands(Files.readString(page))) {
                seen++;
                CommandLine command = program.getSubcommands().get(words.split("\\s", 2)[0]);
                if (command == null) {
                    unknown.add(page + ": mempair " + words);
                } else {
                    OPTION.matcher(words)
                            .results()
                            .map(MatchResult::group)
                            .filter(option -> command.getCommandSpec().findOption(option) == null)
                            .forEach(option -> unknown.add(page + ": " + option + " of mempair " + words));
                }
            }
        }

        assertThat(seen).isGreaterThan(100);
        assertThat(unknown).isEmpty();
    }

    @Test
    void theTableOfCommandsHasThemAll() throws IOException {
        String page = Files.readString(ROOT.resolve("docs/operating/operations.md"));

        assertThat(Main.commandLine().getSubcommands().entrySet().stream()
                        .filter(command -> !command.getValue()
                                .getCommandSpec()
                                .usageMessage()
                                .hidden())
                        .map(command -> command.getKey()))
                .allSatisfy(name -> assertThat(page).containsPattern("(?m)^\\| `mempair " + name + "[ `]"));
    }
}
