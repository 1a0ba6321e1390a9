package io.mempair.ha.config;

import io.mempair.proxy.route.MovedKeys;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;

/** What differs between two readings of a file, key by key; a default counts as the value it stands for. */
public final class ConfigChange {

    private final Map<ConfigKey, Object> running;
    private final Map<ConfigKey, Object> wanted;
    private final List<ConfigKey> changed;
    private final MovedKeys moved;

    private ConfigChange(Map<ConfigKey, Object> running, Map<ConfigKey, Object> wanted, MovedKeys moved) {
        this.running = running;
        this.wanted = wanted;
        this.moved = moved;
        this.changed = Arrays.stream(ConfigKey.values())
                .filter(key -> !Objects.equals(running.get(key), wanted.get(key)))
                .toList();
    }

    /** From what a node is running with to what the file says now. */
    public static ConfigChange between(NodeConfig running, NodeConfig wanted) {
        return new ConfigChange(
                ConfigValues.of(running),
                ConfigValues.of(wanted),
                MovedKeys.between(running.proxy().pool(), wanted.proxy().pool()));
    }

    /** From what a standalone proxy is running with to what the file says now. */
    public static ConfigChange between(ProxyFile running, ProxyFile wanted) {
        return new ConfigChange(
                ConfigValues.of(running),
                ConfigValues.of(wanted),
                MovedKeys.between(running.proxy().pool(), wanted.proxy().pool()));
    }

    /**
     * Checks that all of it can be changed while the program is running.
     *
     * @throws ConfigException naming every key that cannot
     */
    public void requireReloadable(Path file) throws ConfigException {
        String fixed = changed.stream()
                .filter(key -> !key.reloadable())
                .map(ConfigKey::path)
                .collect(Collectors.joining(", "));
        if (!fixed.isEmpty()) {
            throw new ConfigException(List.of(file + ": needs a restart: " + fixed
                    + " (nothing of the file was applied: undo these, or restart)"));
        }
    }

    /** One line: each key with its old and its new value, and how many of the clients' keys that moves. */
    @Override
    public String toString() {
        if (changed.isEmpty()) {
            return "nothing changed";
        }
        String changes = changed.stream()
                .map(key -> key.path() + ": " + ConfigValues.text(running.get(key)) + " -> "
                        + ConfigValues.text(wanted.get(key)))
                .collect(Collectors.joining("; "));
        return moved.isNone() ? changes : changes + "; " + moved + " belong to another server then" + moved.toWhom();
    }
}
