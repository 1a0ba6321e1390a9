package io.mempair.ha.check;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A unit of systemd on this host, with what an operator adds to it. Read once.
 *
 * @param lines  empty if there is no such unit
 */
record UnitFile(List<String> lines) {

    /** Where units are looked for, the first that has it counts; systemd.unit(5). */
    static final List<Path> FOLDERS = List.of(
            Path.of("/etc/systemd/system"),
            Path.of("/run/systemd/system"),
            Path.of("/usr/lib/systemd/system"),
            Path.of("/lib/systemd/system"));

    UnitFile {
        lines = List.copyOf(lines);
    }

    /** The unit of this name, of the first folder that has it, and then its drop-ins of all. */
    static UnitFile of(List<Path> folders, String unit) {
        List<String> lines = new ArrayList<>();
        folders.stream()
                .map(folder -> folder.resolve(unit))
                .filter(Files::isRegularFile)
                .findFirst()
                .ifPresent(file -> addLines(file, lines));
        if (!lines.isEmpty()) {
            for (int i = folders.size() - 1; i >= 0; i--) {
                addDropIns(folders.get(i).resolve(unit + ".d"), lines);
            }
        }
        return new UnitFile(lines);
    }

    private static void addDropIns(Path folder, List<String> lines) {
        if (Files.isDirectory(folder)) {
            try (Stream<Path> files = Files.list(folder)) {
                files.filter(file -> file.toString().endsWith(".conf")).sorted().forEach(file -> addLines(file, lines));
            } catch (IOException e) {
                // not for this user to read: nothing is known of it
            }
        }
    }

    private static void addLines(Path file, List<String> lines) {
        try {
            Files.readAllLines(file).forEach(line -> lines.add(line.strip()));
        } catch (IOException e) {
            // not for this user to read: nothing is known of it
        }
    }

    boolean exists() {
        return !lines.isEmpty();
    }

    /** The value of the last assignment; empty if there is none. */
    Optional<String> last(String key) {
        @Nullable String last = null;
        for (String line : lines) {
            if (line.startsWith(key + '=')) {
                last = line.substring(key.length() + 1).strip();
            }
        }
        return Optional.ofNullable(last);
    }

    /** The words of all assignments; an empty assignment forgets those before it. */
    List<String> words(String key) {
        List<String> words = new ArrayList<>();
        for (String line : lines) {
            if (line.startsWith(key + '=')) {
                String value = line.substring(key.length() + 1).strip();
                if (value.isEmpty()) {
                    words.clear();
                } else {
                    words.addAll(List.of(value.split("\\s+", -1)));
                }
            }
        }
        return words;
    }
}
