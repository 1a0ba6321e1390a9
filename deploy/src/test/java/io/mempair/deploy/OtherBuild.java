package io.mempair.deploy;

import java.io.IOException;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** A later build of mempair: what is installed, with a version of its own. */
final class OtherBuild {

    static final String VERSION = "0.1.99";

    private OtherBuild() {}

    /** Makes it in a folder, and returns its start script. */
    static String mempair(Path folder) throws IOException {
        Path installed = Path.of(Installation.mempair()).getParent().getParent();
        for (String part : List.of("bin", "lib", "hooks")) {
            copy(installed.resolve(part), folder.resolve(part));
        }
        try (Stream<Path> jars = Files.list(folder.resolve("lib"))) {
            for (Path jar : jars.filter(file -> file.getFileName().toString().matches("(ha-agent|proxy-core)-.*\\.jar"))
                    .toList()) {
                setVersion(jar);
            }
        }
        return folder.resolve("bin/mempair").toString();
    }

    private static void copy(Path from, Path to) throws IOException {
        Files.createDirectories(to);
        try (Stream<Path> files = Files.list(from)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                Files.copy(file, to.resolve(file.getFileName()));
            }
        }
    }

    private static void setVersion(Path jar) throws IOException {
        try (FileSystem contents = FileSystems.newFileSystem(jar)) {
            Path manifest = contents.getPath("META-INF/MANIFEST.MF");
            Files.writeString(
                    manifest,
                    Files.readString(manifest)
                            .replaceFirst("(?m)^Implementation-Version: .*$", "Implementation-Version: " + VERSION));
        }
    }
}
