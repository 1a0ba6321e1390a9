package io.mempair.deploy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** The packages that the build has made, and newer ones made of them. */
final class Packages {

    private static final Path FOLDER = Path.of("target/package").toAbsolutePath();
    private static final Duration LIMIT = Duration.ofMinutes(3);

    private Packages() {}

    /** All of them: one, or two where there is a JDK that brings the runtime. */
    static List<Path> all() throws IOException {
        try (Stream<Path> files = Files.list(FOLDER)) {
            return files.filter(file -> file.getFileName().toString().endsWith(".deb"))
                    .sorted()
                    .toList();
        }
    }

    /** The one with its own Java runtime if it was made, else the one that runs on that of the host. */
    static Path usual() throws IOException {
        List<Path> made = all();
        return made.stream().filter(Packages::bringsJava).findFirst().orElseGet(() -> made.get(0));
    }

    /** The one that runs on the Java of the host. */
    static Path withoutJava() throws IOException {
        return all().stream().filter(file -> !bringsJava(file)).findFirst().orElseThrow();
    }

    /** The archive for hosts that are no Debian. */
    static Path archive() throws IOException {
        try (Stream<Path> files = Files.list(FOLDER)) {
            return files.filter(file -> file.toString().endsWith(".tar.gz"))
                    .findFirst()
                    .orElseThrow();
        }
    }

    private static boolean bringsJava(Path file) {
        return !file.getFileName().toString().startsWith("mempair-nojre_");
    }

    /** The same package with another version, in another file. */
    static void republish(Path file, String version, Path target) throws IOException {
        Path unpacked = Files.createTempDirectory(target.toAbsolutePath().getParent(), "republished");
        run("dpkg-deb", "--raw-extract", file.toString(), unpacked.toString());
        Path control = unpacked.resolve("DEBIAN/control");
        Files.writeString(control, Files.readString(control).replaceAll("(?m)^Version: .*$", "Version: " + version));
        run("dpkg-deb", "-Znone", "--build", unpacked.toString(), target.toString());
        run("rm", "-r", unpacked.toString());
    }

    private static void run(String... command) {
        Run.of(Map.of(), LIMIT, List.of(command)).orFail();
    }
}
