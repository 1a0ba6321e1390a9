package io.mempair.ha.cli;

import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Control sockets where the units of the packages have them: {@code /run/mempair-proxy/control.sock}, {@code /run/mempair/NAME/control.sock}. */
final class UnitSockets {

    private static final Path RUN = Path.of("/run");

    private static final String NAME = "control.sock";

    /** More than this nobody reads. */
    private static final int MOST = 8;

    private UnitSockets() {}

    /** What to try in the place of a socket that nobody chose and behind which nobody is; empty if there is nothing else. */
    static String insteadOf(Path missing) {
        return hint(below(RUN), missing);
    }

    static String hint(List<Path> sockets, Path missing) {
        List<String> others = sockets.stream()
                .filter(socket -> !socket.equals(missing))
                .limit(MOST)
                .map(Path::toString)
                .toList();
        return others.isEmpty()
                ? ""
                : "; on this host there is " + String.join(", ", others) + ": name it with --control";
    }

    /** All of them; what cannot be read has none. */
    static List<Path> below(Path run) {
        List<Path> found = new ArrayList<>();
        for (Path folder : foldersIn(run, "mempair*")) {
            add(folder.resolve(NAME), found);
            foldersIn(folder, "*").forEach(inner -> add(inner.resolve(NAME), found));
        }
        return found.stream().sorted().toList();
    }

    private static void add(Path socket, List<Path> found) {
        if (Files.exists(socket) && !Files.isRegularFile(socket)) {
            found.add(socket);
        }
    }

    private static List<Path> foldersIn(Path parent, String glob) {
        List<Path> folders = new ArrayList<>();
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(parent, glob)) {
            entries.forEach(folders::add);
        } catch (IOException | DirectoryIteratorException e) {
            return List.of(); // no folder, or not for this user
        }
        return folders;
    }
}
