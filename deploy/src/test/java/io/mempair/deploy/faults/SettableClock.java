package io.mempair.deploy.faults;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** The library that gives a process a wall clock of its own (Debian's package faketime). */
final class SettableClock {

    private static final Path LIBRARIES = Path.of("/usr/lib");

    private SettableClock() {}

    /** Where it is, in the folder of this machine's architecture. */
    static String library() {
        try (Stream<Path> folders = Files.list(LIBRARIES)) {
            List<Path> found = folders.map(folder -> folder.resolve("faketime/libfaketimeMT.so.1"))
                    .filter(Files::exists)
                    .toList();
            if (found.isEmpty()) {
                throw new FaultFailure("no libfaketimeMT.so.1 below /usr/lib (on Debian: apt-get install faketime)");
            }
            return found.get(0).toString();
        } catch (IOException e) {
            throw new FaultFailure("cannot look for libfaketimeMT.so.1: " + e);
        }
    }
}
