package io.mempair.ha.cli;

import io.mempair.proxy.config.TextFile;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * The key file of magent 0.7 ({@code magent -c FILE}; GLib's format, group {@code [General]}), written anew as the YAML file
 * that {@code mempair proxy --config} reads. Values are taken as they are: what is wrong with them is said when that file
 * is read.
 */
final class MagentKeyFile {

    /** magent 0.7's own default; 0.6 and mempair have 11211. */
    private static final String DEFAULT_PORT = "11215";

    /** More than any such file has. */
    private static final int MAX_BYTES = 1 << 20;

    private static final List<String> TAKEN =
            List.of("host_ip", "port", "masters", "backups", "useketama", "maxconns", "verbose_mode");

    private static final List<String> NOT_NEEDED = List.of("maxidle", "daemon_mode", "logdir");

    private final Path file;
    private final Map<String, String> values = new TreeMap<>();

    private MagentKeyFile(Path file) {
        this.file = file;
    }

    /**
     * The YAML for a key file.
     *
     * @throws CommandFailure when it cannot be read or names no server
     */
    static String asYaml(Path file) throws CommandFailure {
        var keys = new MagentKeyFile(file);
        keys.read();
        return keys.yaml();
    }

    private void read() throws CommandFailure {
        List<String> lines;
        try {
            lines = TextFile.read(file, MAX_BYTES, StandardCharsets.UTF_8)
                    .lines()
                    .toList();
        } catch (IOException e) {
            throw CommandFailure.refused("mempair proxy: -c " + file + ' ' + e.getMessage());
        }
        for (String line : lines) {
            String text = line.strip();
            int equals = text.indexOf('=');
            if (equals > 0 && !text.startsWith("#") && !text.startsWith("[")) {
                values.put(
                        text.substring(0, equals).strip(),
                        text.substring(equals + 1).strip());
            }
        }
        if (servers("masters").isEmpty()) {
            throw CommandFailure.refused("mempair proxy: -c " + file
                    + ": masters: missing (expected: magent 0.7's key file with masters=HOST:PORT,...)");
        }
    }

    private String yaml() {
        List<String> lines = new ArrayList<>();
        lines.add("proxy:");
        lines.add("  listen: " + quoted(value("host_ip", "0.0.0.0") + ':' + value("port", DEFAULT_PORT)));
        lines.add("  servers: " + list(servers("masters")));
        if (!servers("backups").isEmpty()) {
            lines.add("  backups: " + list(servers("backups")));
        }
        lines.add("  distribution: " + (isTrue("useketama") ? "magent-ketama" : "modulo"));
        lines.add("  max-clients: " + value("maxconns", "4096"));
        if (isTrue("verbose_mode")) {
            lines.add("log:");
            lines.add("  level: debug");
        }
        values.forEach((key, value) -> {
            if (!TAKEN.contains(key)) {
                lines.add("# " + key + '=' + value + (NOT_NEEDED.contains(key) ? ": not needed" : ": not known"));
            }
        });
        return lines.stream().collect(Collectors.joining("\n", "", "\n"));
    }

    private String value(String key, String fallback) {
        String value = values.getOrDefault(key, "");
        return value.isEmpty() ? fallback : value;
    }

    private boolean isTrue(String key) {
        return value(key, "false").matches("true|1");
    }

    private List<String> servers(String key) {
        return Arrays.stream(value(key, "").split("[,;\\s]+"))
                .filter(server -> !server.isEmpty())
                .toList();
    }

    private static String list(List<String> texts) {
        return texts.stream().map(MagentKeyFile::quoted).collect(Collectors.joining(", ", "[", "]"));
    }

    private static String quoted(String text) {
        return '\'' + text.replace("'", "''") + '\'';
    }
}
