package io.mempair.ha.check;

import io.mempair.proxy.config.ProxyConfig;
import io.mempair.proxy.loop.OpenFiles;
import io.mempair.proxy.server.FileNeeds;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The limit of open files that a unit of systemd gives a node or proxy, or that of this process if there is no such unit,
 * against what the configuration needs. Reads a few small files at each call; any thread.
 */
public final class OpenFileLimit {

    /** Where units are looked for, the first that has it counts; systemd.unit(5). */
    private static final List<Path> UNIT_FOLDERS = List.of(
            Path.of("/etc/systemd/system"),
            Path.of("/run/systemd/system"),
            Path.of("/usr/lib/systemd/system"),
            Path.of("/lib/systemd/system"));

    private static final String KEY = "LimitNOFILE=";

    private final List<Path> folders;
    private final long ownLimit;

    /** For this host and process. */
    public OpenFileLimit() {
        this(UNIT_FOLDERS, OpenFiles.limit());
    }

    OpenFileLimit(List<Path> folders, long ownLimit) {
        this.folders = List.copyOf(folders);
        this.ownLimit = ownLimit;
    }

    /** A warning if a process that {@code unit} starts may open too few files, or one started from here if there is none. */
    public Optional<String> warning(ProxyConfig config, String unit) {
        List<String> lines = linesOf(unit);
        if (lines.isEmpty()) {
            return FileNeeds.warning(config, ownLimit).map(text -> "started from here: " + text);
        }
        String last = null;
        for (String line : lines) {
            if (line.startsWith(KEY)) {
                last = line.substring(KEY.length()).strip();
            }
        }
        return last == null || last.isEmpty()
                ? Optional.empty() // what systemd gives by default is its own business
                : FileNeeds.warning(config, limit(last)).map(text -> unit + ": " + text);
    }

    /** The JVM raises the soft limit to the hard one. */
    private static long limit(String value) {
        String hard = value.substring(value.indexOf(':') + 1);
        try {
            return Long.parseLong(hard);
        } catch (NumberFormatException infinity) {
            return Long.MAX_VALUE;
        }
    }

    /** Of the unit, then of what an operator adds to it. */
    private List<String> linesOf(String unit) {
        List<String> lines = new ArrayList<>();
        folders.stream()
                .map(folder -> folder.resolve(unit))
                .filter(Files::isRegularFile)
                .findFirst()
                .ifPresent(file -> addLines(file, lines));
        if (!lines.isEmpty()) {
            for (Path folder : folders) {
                try (Stream<Path> more = Files.list(folder.resolve(unit + ".d"))) {
                    more.filter(file -> file.toString().endsWith(".conf"))
                            .sorted()
                            .forEach(file -> addLines(file, lines));
                } catch (IOException e) {
                    // nothing is added there
                }
            }
        }
        return lines;
    }

    private static void addLines(Path file, List<String> lines) {
        try {
            Files.readAllLines(file).forEach(line -> lines.add(line.strip()));
        } catch (IOException e) {
            // not for this user to read: nothing is known of it
        }
    }
}
