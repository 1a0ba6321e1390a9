package io.mempair.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

@Timeout(300)
class StartScriptIT {

    private static final Duration LIMIT = Duration.ofSeconds(30);
    private static final Duration CACHE_LIMIT = Duration.ofMinutes(3);
    private static final String SCRIPT = Path.of("bin/mempair").toAbsolutePath().toString();

    /** Every JDK of this machine from 17 on, the one that runs this test among them. */
    static List<Path> jdks() throws IOException {
        Path running = Path.of(System.getProperty("java.home")).toRealPath();
        Path installed = Path.of("/usr/lib/jvm");
        try (Stream<Path> found = Files.isDirectory(installed) ? Files.list(installed) : Stream.empty()) {
            return Stream.concat(Stream.of(running), found.filter(jdk -> Files.isExecutable(jdk.resolve("bin/java"))))
                    .map(StartScriptIT::real)
                    .distinct()
                    .toList();
        }
    }

    @ParameterizedTest
    @MethodSource("jdks")
    void nothingIsSaidOnStandardErrorThatTheOperatorDidNotCause(Path jdk) {
        Run run = mempair(Map.of("JAVA_HOME", jdk.toString()), "--version");

        assertThat(run.err()).isEmpty();
        assertThat(run.orFail()).startsWith("mempair ");
    }

    @ParameterizedTest
    @MethodSource("jdks")
    void aCommandThatUsesTheNetworkSaysNothingButItsResult(Path jdk) {
        Run run = mempair(Map.of("JAVA_HOME", jdk.toString()), "probe", "127.0.0.1:1", "--for", "100ms");

        assertThat(run.exitCode()).isEqualTo(1);
        assertThat(run.err()).isEmpty();
        assertThat(run.out()).contains("0 answered").hasLineCount(1);
    }

    @Test
    void aFolderThatIsNoJdkIsSaidAndAnotherTaken(@TempDir Path folder) {
        Run run = mempair(Map.of("JAVA_HOME", folder.toString()), "--version");

        assertThat(run.err()).contains("JAVA_HOME=" + folder).contains("looking for another");
        assertThat(run.orFail()).startsWith("mempair ");
    }

    @Test
    void theRuntimeBesideTheProgramIsTakenBeforeThoseOfTheHost(@TempDir Path folder) throws IOException {
        Path home = installed(folder.resolve("installed"));
        Path runtime = Files.createDirectories(home.resolve("runtime"));
        Files.writeString(runtime.resolve("release"), "JAVA_VERSION=\"25.0.1\"\n");
        Path java = Files.createDirectories(runtime.resolve("bin")).resolve("java");
        Files.writeString(java, "#!/bin/sh\necho the runtime beside it\n");
        assertThat(java.toFile().setExecutable(true)).isTrue();

        Run run = Run.of(Map.of("JAVA_HOME", ""), LIMIT, List.of(home + "/bin/mempair", "--version"));

        assertThat(run.orFail()).isEqualTo("the runtime beside it\n");
    }

    @Test
    void aCheckoutThatIsNotBuiltSaysSo(@TempDir Path folder) throws IOException {
        Path copy = Files.createDirectories(folder.resolve("bin")).resolve("mempair");
        Files.copy(Path.of(SCRIPT), copy);

        Run run = Run.of(Map.of(), LIMIT, List.of("sh", copy.toString(), "--version"));

        assertThat(run.exitCode()).isEqualTo(1);
        assertThat(run.err()).contains("build it first");
    }

    @ParameterizedTest
    @MethodSource("jdks")
    void whatIsWrongWithACacheCostsNothingButSpeed(Path jdk, @TempDir Path folder) throws IOException {
        Map<String, String> environment = Map.of("JAVA_HOME", jdk.toString(), "XDG_CACHE_HOME", folder.toString());
        Path home = installed(folder.resolve("installed"));
        Map<String, String> making = new HashMap<>(environment);
        making.putAll(Installation.QUICK);
        Path made = Path.of(Run.of(making, CACHE_LIMIT, Installation.unhindered(home + "/bin/mempair", "cache"))
                .orFail()
                .strip());
        byte[] whole = Files.readAllBytes(made);

        assertThat(made).hasParent(home.resolve("cache"));
        assertThat(Run.of(environment, LIMIT, List.of(home + "/bin/mempair", "cache", "--if-missing"))
                        .orFail())
                .isEqualTo(made + "\n");
        assertSaysItsVersion(home, environment);
        Files.write(made, Arrays.copyOf(whole, whole.length / 2));
        assertSaysItsVersion(home, environment);
        Files.write(made, damaged(whole));
        assertSaysItsVersion(home, environment);
        Files.writeString(made, "no cache at all");
        assertSaysItsVersion(home, environment);
        Files.write(made, new byte[0]);
        assertSaysItsVersion(home, environment);
        Files.delete(made);
        assertSaysItsVersion(home, environment);
        assertThat(home.resolve("cache")).isEmptyDirectory();
    }

    /** A byte in each 4,096 is another one, the magic number left as it is. */
    private static byte[] damaged(byte[] whole) {
        byte[] damaged = whole.clone();
        for (int i = 256; i < damaged.length; i += 4_096) {
            damaged[i] ^= 0x55;
        }
        return damaged;
    }

    private static void assertSaysItsVersion(Path home, Map<String, String> environment) {
        Run run = Run.of(environment, LIMIT, List.of(home + "/bin/mempair", "--version"));

        assertThat(run.err()).isEmpty();
        assertThat(run.orFail()).startsWith("mempair ").hasLineCount(1);
    }

    /** As a package would lay it out, so that nothing is written into the checkout. */
    private static Path installed(Path home) throws IOException {
        Path script = Files.createDirectories(home.resolve("bin")).resolve("mempair");
        Files.copy(Path.of(SCRIPT), script, StandardCopyOption.COPY_ATTRIBUTES);
        Path lib = Files.createDirectories(home.resolve("lib"));
        try (Stream<Path> jars = Files.list(Path.of("target/lib"))) {
            for (Path jar : jars.toList()) {
                Files.copy(jar, lib.resolve(jar.getFileName()));
            }
        }
        return home;
    }

    @Test
    void itCanBeCalledThroughALink(@TempDir Path folder) throws IOException {
        Path link = Files.createSymbolicLink(folder.resolve("mempair"), Path.of(SCRIPT));

        assertThat(Run.of(Map.of(), LIMIT, List.of(link.toString(), "--version"))
                        .orFail())
                .startsWith("mempair ");
    }

    /** What it writes must fit the memory that a node has, not the little that this command has. */
    @Test
    void itWritesFilesForBothHostsThatItCallsGood(@TempDir Path folder) {
        String[] words = ("--hosts 10.77.0.11,10.77.0.12 --address 10.77.0.100/24 --interface eth0"
                        + " --servers 10.77.0.21,10.77.0.22 --witness 10.77.0.13")
                .split(" ", -1);
        List<String> command =
                new ArrayList<>(List.of("init", folder.resolve("out").toString()));
        command.addAll(List.of(words));

        assertThat(mempair(Map.of(), command.toArray(String[]::new)).orFail()).contains("mempair check-config");
        for (String file : List.of("a.yaml", "b.yaml")) {
            assertThat(mempair(
                                    Map.of(),
                                    "check-config",
                                    folder.resolve("out").resolve(file).toString())
                            .orFail())
                    .contains(": good, ");
        }
        // judges the file as the node would, not by its own memory
        Run located = mempair(
                Map.of(),
                "locate",
                "--config",
                folder.resolve("out").resolve("a.yaml").toString(),
                "k");
        assertThat(located.exitCode()).as(located.err()).isNotEqualTo(2);
    }

    @Test
    void aBadFlagHasOneMessageAndExitCode2() {
        Run run = mempair(Map.of(), "proxy", "-s", "10.0.0.1", "-n", "many");

        assertThat(run.exitCode()).isEqualTo(2);
        assertThat(run.err())
                .isEqualTo("mempair proxy: -n: 'many' (expected: a whole number)\nTry 'mempair proxy --help'.\n");
    }

    private static Run mempair(Map<String, String> environment, String... words) {
        return Run.of(
                environment,
                LIMIT,
                Stream.concat(Stream.of(SCRIPT), Stream.of(words)).toList());
    }

    private static Path real(Path path) {
        try {
            return path.toRealPath();
        } catch (IOException e) {
            return path;
        }
    }
}
