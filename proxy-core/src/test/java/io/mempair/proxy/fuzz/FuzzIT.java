package io.mempair.proxy.fuzz;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Looks for inputs that break a target, guided by the code they reach: Jazzer, in a JVM of its own. For
 * {@code -Dmempair.fuzz.seconds} a target; {@code deploy/fuzz.sh} gives it hours. An input that breaks a target is left in
 * {@code target/fuzz}; once mended it belongs among those that are kept.
 */
class FuzzIT {

    private static final long SECONDS = Long.getLong("mempair.fuzz.seconds", 5);

    /** For the start of the JVM, and to end, on a busy machine. */
    private static final long MORE_SECONDS = 180;

    @ParameterizedTest
    @EnumSource
    void noInputBreaksATarget(FuzzTargets target) throws Exception {
        Path work = Files.createDirectories(Path.of("target/fuzz", target.folder()));
        Path found = Files.createDirectories(work.resolve("found"));
        Path log = work.resolve("log");

        Process fuzzer = new ProcessBuilder(command(target, work, found))
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        boolean ended;
        try {
            ended = fuzzer.waitFor(SECONDS + MORE_SECONDS, TimeUnit.SECONDS);
        } finally {
            fuzzer.destroyForcibly();
        }

        assertThat(ended).as("the fuzzer ended in time: %s", tail(log)).isTrue();
        assertThat(fuzzer.exitValue()).as("an input broke it: %s", tail(log)).isZero();
        assertThat(log)
                .content()
                .as("the fuzzer reached its end, and saw what code it ran")
                .contains("Done ", "cov: ");
    }

    private static List<String> command(FuzzTargets target, Path work, Path found) {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx512m",
                "-XX:+UseSerialGC",
                "-XX:+EnableDynamicAgentLoading",
                "-cp",
                System.getProperty("java.class.path"),
                "com.code_intelligence.jazzer.Jazzer",
                "--target_class=" + target.type().getName(),
                "--instrumentation_includes=io.mempair.proxy.**",
                "--custom_hook_includes=io.mempair.proxy.**",
                "--reproducer_path=" + work));
        command.addAll(List.of(
                "-max_total_time=" + SECONDS,
                "-max_len=4096",
                "-timeout=30",
                "-print_final_stats=1",
                "-artifact_prefix=" + work + '/',
                found.toString(),
                Path.of("src/test/resources/fuzz", target.folder()).toString()));
        return command;
    }

    private static String tail(Path log) throws IOException {
        try (Stream<String> lines = Files.lines(log)) {
            List<String> all = lines.toList();
            return String.join("\n", all.subList(Math.max(0, all.size() - 60), all.size()));
        }
    }
}
