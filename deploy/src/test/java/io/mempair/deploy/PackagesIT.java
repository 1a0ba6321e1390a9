package io.mempair.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Stream;
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

    /** The file of a link in Markdown, without the heading. */
    private static final Pattern LINK = Pattern.compile("\\]\\(([^)\\s#]*)(?:#[^)\\s]*)?\\)");

    /** Name, version and perhaps classifier of a component: {@code "purl" : "pkg:maven/GROUP/NAME@VERSION?classifier=C&type=jar"}. */
    private static final Pattern PURL = Pattern.compile(
            "\"bom-ref\" : \"pkg:maven/[^/\"]+/((?!deploy@)[^@\"]+)@([^?\"]+)\\?(?:classifier=([^&\"]+)&)?type=jar\"");

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

    /** Those of the JDK are in the file "release" of the runtime. */
    @ParameterizedTest
    @MethodSource("packages")
    void theBillOfMaterialsNamesEveryJarAndNothingElse(Path file) throws IOException {
        run("dpkg-deb", "--extract", file.toString(), folder.toString()).orFail();
        String bill = Files.readString(folder.resolve("usr/share/doc/mempair/sbom.cdx.json"));
        List<String> named = PURL.matcher(bill)
                .results()
                .map(jar ->
                        jar.group(1) + '-' + jar.group(2) + (jar.group(3) == null ? "" : '-' + jar.group(3)) + ".jar")
                .distinct()
                .toList();

        assertThat(jars()).hasSizeGreaterThan(20).containsExactlyInAnyOrderElementsOf(named);
    }

    private List<String> jars() throws IOException {
        try (Stream<Path> files = Files.list(folder.resolve("usr/lib/mempair/lib"))) {
            return files.map(file -> file.getFileName().toString())
                    .filter(name -> name.endsWith(".jar"))
                    .toList();
        }
    }

    @ParameterizedTest
    @MethodSource("packages")
    void whatNothingUsesIsNotShipped(Path file) throws IOException {
        run("dpkg-deb", "--extract", file.toString(), folder.toString()).orFail();

        assertThat(jars())
                .noneMatch(jar -> jar.matches("(netty-all|netty-codec-(memcache|http2|dns|protobuf)"
                        + "|netty-resolver-dns|prometheus-metrics-exposition-formats)-.*"));
    }

    @Test
    void noLinkOfThePagesInAPackageLeadsNowhere() throws IOException {
        run("dpkg-deb", "--extract", Packages.withoutJava().toString(), folder.toString())
                .orFail();
        List<String> dead = new ArrayList<>();
        List<Path> pages = markdown(folder.resolve("usr/share/doc/mempair"));
        for (Path page : pages) {
            LINK.matcher(Files.readString(page))
                    .results()
                    .map(link -> link.group(1))
                    .filter(link -> !link.contains("://") && !link.isEmpty())
                    .filter(link -> !Files.exists(page.resolveSibling(link).normalize()))
                    .forEach(link -> dead.add(folder.relativize(page) + ": " + link));
        }

        assertThat(pages).hasSizeGreaterThan(20);
        assertThat(dead).isEmpty();
    }

    private static List<Path> markdown(Path below) throws IOException {
        try (Stream<Path> files = Files.walk(below)) {
            return files.filter(file -> file.toString().endsWith(".md"))
                    .sorted()
                    .toList();
        }
    }

    @ParameterizedTest
    @MethodSource("packages")
    void prometheusAndGrafanaFindTheirFilesInIt(Path file) {
        run("dpkg-deb", "--extract", file.toString(), folder.toString()).orFail();
        Path share = folder.resolve("usr/share/mempair");

        assertThat(share.resolve("prometheus/scrape.yml")).isRegularFile();
        assertThat(share.resolve("grafana/mempair.json")).content().contains("mempair_serving");
        run("promtool", "check", "rules", share + "/prometheus/mempair-rules.yml")
                .orFail();
        run("promtool", "test", "rules", share + "/prometheus/mempair-rules-test.yml")
                .orFail();
    }

    @Test
    void zshCompletesFromTheFirstTimeOn() throws IOException {
        run("dpkg-deb", "--extract", Packages.withoutJava().toString(), folder.toString())
                .orFail();

        assertThat(completedByZsh("mempair wait sta")).isEqualTo("mempair wait standby");
        assertThat(completedByZsh("mempair histo")).isEqualTo("mempair history");
    }

    /** What the line is after one stroke of the tabulator, in a shell that has just begun. */
    private String completedByZsh(String line) {
        String script = """
                zmodload zsh/zpty
                zpty z zsh -f -i
                zpty -w z "PS1= PS2= TERM=dumb; unsetopt zle_bracketed_paste; cd /; MEMPAIR_COMPLETION=%1$s/usr/share/bash-completion/completions/mempair"
                zpty -w z "fpath=(%1$s/usr/share/zsh/vendor-completions \\$fpath); autoload -U compinit; compinit -u -D"
                zpty -w z "show() { print -r -- \\"<\\$BUFFER>\\"; BUFFER=exit; zle accept-line }; zle -N show; bindkey '^X' show; print ready\\-now"
                zpty -r z said '*ready-now*'
                zpty -w -n z %2$s$'\\t\\C-X'
                zpty -r z said '*<*>*'
                print -r -- "${${said##*<}%%%%>*}"
                """.formatted(folder, "'" + line + "'");
        return Run.of(Map.of(), Duration.ofSeconds(30), List.of("zsh", "-f", "-c", script))
                .orFail()
                .strip();
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
