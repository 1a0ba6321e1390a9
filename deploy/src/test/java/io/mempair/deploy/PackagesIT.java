package io.mempair.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What is in the packages, and what Debian's own checker says of them. */
@Timeout(300)
class PackagesIT {

    private static final Duration LIMIT = Duration.ofMinutes(4);

    /** A command in the help of the program: indented by two, then its description. */
    private static final Pattern COMMAND = Pattern.compile("(?m)^  ([a-z-]+) +[A-Z]");

    @TempDir
    private Path folder;

    static List<Path> packages() throws IOException {
        return Packages.all();
    }

    @Test
    void thePackageThatRunsOnTheJavaOfTheHostIsAlwaysMade() throws IOException {
        assertThat(Packages.withoutJava()).isRegularFile();
    }

    @ParameterizedTest
    @MethodSource("packages")
    void debiansCheckerFindsNothing(Path file) {
        // a warning is none that it is run by root
        Run lintian = run("lintian", "--allow-root", "--tag-display-limit", "0", file.toString());

        assertThat(lintian.out()).isEmpty();
        assertThat(lintian.exitCode()).isZero();
    }

    @ParameterizedTest
    @MethodSource("packages")
    void eachCommandHasAManPageAndIsCompleted(Path file) {
        run("dpkg-deb", "--extract", file.toString(), folder.toString()).orFail();
        String help = Lab.mempair("--help").orFail();
        List<String> commands =
                COMMAND.matcher(help).results().map(match -> match.group(1)).toList();

        assertThat(commands).contains("node", "status", "cache");
        for (String command : commands) {
            assertThat(folder.resolve("usr/share/man/man1/mempair-" + command + ".1.gz"))
                    .isRegularFile();
            String completed = complete("mempair " + command.substring(0, 2));
            assertThat(completed.lines()).as(completed).contains(command);
        }
        String node = run("man", "--warnings", "--local-file", folder + "/usr/share/man/man1/mempair-node.1.gz")
                .orFail();
        assertThat(node).contains("MEMPAIR-NODE(1)").contains("--config FILE");
        String status = run("man", "--warnings", "--local-file", folder + "/usr/share/man/man1/mempair-status.1.gz")
                .orFail();
        assertThat(status).containsPattern("EXIT STATUS\n +0 +it is shown").contains("mempair status --watch\n");
        assertThat(complete("mempair node --co").lines()).contains("--config");
    }

    /** What bash offers at the end of this line. */
    private String complete(String line) {
        String script = """
                source %s/usr/share/bash-completion/completions/mempair
                COMP_LINE='%s' COMP_POINT=%d COMP_WORDS=(%s) COMP_CWORD=%d
                _complete_mempair
                printf '%%s\\n' "${COMPREPLY[@]}"
                """.formatted(folder, line, line.length(), line, line.split(" ").length - 1);
        return run("bash", "-c", script).orFail();
    }

    private static Run run(String... command) {
        return Run.of(Map.of(), LIMIT, List.of(command));
    }
}
