package io.mempair.ha.check;

import io.mempair.proxy.config.ProxyConfig;
import io.mempair.proxy.loop.OpenFiles;
import io.mempair.proxy.server.FileNeeds;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * The limit of open files that a unit of systemd gives a node or proxy, or that of this process if there is no such unit,
 * against what the configuration needs. Reads a few small files at each call; any thread.
 */
public final class OpenFileLimit {

    private static final String KEY = "LimitNOFILE";

    private final List<Path> folders;
    private final long ownLimit;

    /** For this host and process. */
    public OpenFileLimit() {
        this(UnitFile.FOLDERS, OpenFiles.limit());
    }

    OpenFileLimit(List<Path> folders, long ownLimit) {
        this.folders = List.copyOf(folders);
        this.ownLimit = ownLimit;
    }

    /** A warning if a process that {@code unit} starts may open too few files, or one started from here if there is none. */
    public Optional<String> warning(ProxyConfig config, String unit) {
        UnitFile file = UnitFile.of(folders, unit);
        if (!file.exists()) {
            return FileNeeds.warning(config, ownLimit).map(text -> "started from here: " + text);
        }
        return file.last(KEY)
                .filter(value -> !value.isEmpty()) // what systemd gives by default is its own business
                .flatMap(value -> FileNeeds.warning(config, limit(value)))
                .map(text -> unit + ": " + text);
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
}
