package io.mempair.ha.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import picocli.CommandLine;

/** Every example of every {@code --help}, and what {@code init} tells to do next, can be pasted into a shell as it is. */
@Timeout(20)
class ExamplesTest {

    /** Words of a shell: quoted, an operator, or plain. */
    private static final Pattern WORD = Pattern.compile("'([^']*)'|\"([^\"]*)\"|(&&|\\|\\||[|;>&])|([^\\s'\"|;>&]+)");

    /** What else an operator has on such a host. */
    private static final List<String> OTHER_PROGRAMS = List.of("systemctl", "jq", "head", "apt", "scp", "ssh");

    @TempDir
    private Path folder;

    static Stream<CommandLine> commands() {
        CommandLine all = Main.commandLine();
        return Stream.concat(Stream.of(all), all.getSubcommands().values().stream())
                .filter(command -> !command.getCommandSpec().usageMessage().hidden());
    }

    @ParameterizedTest
    @MethodSource("commands")
    void anExampleInTheHelpIsACommandThatTheProgramUnderstands(CommandLine command) {
        String help = command.getUsageMessage();
        String name = command.getCommandName();
        int at = Math.max(help.indexOf("\nExamples:\n"), help.indexOf("\nExample:\n"));

        assertThat(at).as(help).isPositive();
        String examples = help.substring(help.indexOf('\n', at + 1) + 1);
        assertThat(examples.lines())
                .as("wrapped at the width of a terminal: " + examples)
                .allMatch(line -> line.startsWith("  "));
        List<String> lines = joined(examples);
        assertThat(lines).as(name).isNotEmpty().allSatisfy(ExamplesTest::assertUnderstood);
    }

    @Test
    void whatInitTellsToDoNextCanBePasted() {
        StringWriter out = new StringWriter();
        Path pair = folder.resolve("a pair");
        int exitCode = Main.commandLine()
                .setOut(new PrintWriter(out))
                .execute(("init;" + pair
                                + ";--hosts;fd00::11,10.0.0.12;--address;10.0.0.100/24;--interface;eth0;--servers;"
                                + "10.0.0.21;--witness;10.0.0.13")
                        .split(";"));

        assertThat(exitCode).isZero();
        String next = out.toString().substring(out.toString().indexOf('#'));
        assertThat(joined(next))
                .hasSize(8)
                .contains("scp '" + pair + "/a.yaml' root@[fd00::11]:/etc/mempair/mempair.yaml")
                .allSatisfy(ExamplesTest::assertUnderstood);
    }

    /** The commands of a text, as a shell reads them: a backslash at the end goes on in the next line, # begins a comment. */
    private static List<String> joined(String text) {
        return text.replace("\\\n", " ")
                .lines()
                .map(String::strip)
                .filter(line -> !line.isEmpty() && !line.startsWith("#"))
                .toList();
    }

    private static void assertUnderstood(String line) {
        List<String> words = new ArrayList<>();
        List<List<String>> commands = new ArrayList<>();
        boolean redirected = false;
        Matcher word = WORD.matcher(line);
        while (word.find()) {
            if (word.group(3) == null) {
                if (!redirected) {
                    words.add(Stream.of(word.group(1), word.group(2), word.group(4))
                            .filter(group -> group != null)
                            .findFirst()
                            .orElseThrow());
                }
            } else if (word.group(3).equals(">")) {
                redirected = true;
            } else {
                commands.add(List.copyOf(words));
                words.clear();
                redirected = false;
            }
        }
        commands.add(words);
        commands.forEach(command -> assertKnown(line, command));
    }

    private static void assertKnown(String line, List<String> command) {
        assertThat(command).as(line).isNotEmpty();
        if (command.get(0).equals("ssh")) {
            assertKnown(line, command.subList(2, command.size()));
        } else if (command.get(0).equals("mempair")) {
            String[] arguments = command.subList(1, command.size()).toArray(String[]::new);
            assertThatCode(() -> Main.commandLine().parseArgs(arguments))
                    .as("%s: %s", line, Arrays.toString(arguments))
                    .doesNotThrowAnyException();
        } else {
            assertThat(OTHER_PROGRAMS).as(line).contains(command.get(0));
        }
    }
}
