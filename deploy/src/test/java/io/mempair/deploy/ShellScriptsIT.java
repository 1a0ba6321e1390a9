package io.mempair.deploy;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Every shell script of the checkout is clean under {@code shellcheck}, with the settings of {@code .shellcheckrc}. */
@Timeout(240)
class ShellScriptsIT {

    private static final Duration LIMIT = Duration.ofMinutes(3);
    private static final Path CHECKOUT = Path.of("..").toAbsolutePath().normalize();
    private static final Set<String> NOT_OURS = Set.of("target", ".git", "node_modules");
    private static final Pattern SHELL = Pattern.compile("^#!.*\\b(ba|da)?sh\\b");

    @Test
    void shellcheckFindsNothingToSay() throws IOException {
        List<String> scripts = scripts();
        assertThat(scripts)
                .contains("deploy/test.sh", "deploy/bin/mempair", "deploy/hooks/mail", "deploy/lib/common.sh", "mvnw")
                .anyMatch(script -> script.endsWith("/guard.sh"));

        List<String> command = new ArrayList<>(List.of("shellcheck"));
        scripts.forEach(script -> command.add(CHECKOUT.resolve(script).toString()));
        Run run = Run.of(Map.of("LC_ALL", "C.UTF-8"), LIMIT, command);

        assertThat(run.out() + run.err()).isEmpty();
        assertThat(run.exitCode()).isZero();
    }

    /** Named by their ending or by their first line, relative to the checkout. */
    private static List<String> scripts() throws IOException {
        List<String> scripts = new ArrayList<>();
        Files.walkFileTree(CHECKOUT, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes) {
                return NOT_OURS.contains(folder.getFileName().toString())
                        ? FileVisitResult.SKIP_SUBTREE
                        : FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
                if (attributes.isRegularFile() && isShell(file)) {
                    scripts.add(CHECKOUT.relativize(file).toString());
                }
                return FileVisitResult.CONTINUE;
            }
        });
        return scripts;
    }

    private static boolean isShell(Path file) {
        if (file.toString().endsWith(".sh")) {
            return true;
        }
        try (var in = Files.newBufferedReader(file, ISO_8859_1)) {
            String first = in.readLine();
            return first != null && SHELL.matcher(first).find();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
