package io.mempair.ha.config;

import java.util.Arrays;
import java.util.List;

/** Every key of the file; {@code docs/configuration.md} describes each, and a test holds the two together. */
enum ConfigKey {
    NODE_NAME("node.name"),
    NODE_PRIORITY("node.priority"),

    GROUP_BIND("group.bind"),
    GROUP_PORT("group.port"),
    GROUP_PEERS("group.peers"),
    GROUP_PROFILE("group.profile"),

    ADDRESS("virtual-address.address"),
    INTERFACE("virtual-address.interface"),

    LISTEN("proxy.listen"),
    SERVERS("proxy.servers"),
    BACKUPS("proxy.backups"),
    DISTRIBUTION("proxy.distribution"),
    TIMEOUT("proxy.timeout"),
    CONNECT_TIMEOUT("proxy.connect-timeout"),
    PROBE_INTERVAL("proxy.probe-interval"),
    RETRY_MIN("proxy.retry-min"),
    RETRY_MAX("proxy.retry-max"),
    MAX_CLIENTS("proxy.max-clients"),
    MAX_IN_FLIGHT("proxy.max-in-flight"),
    MAX_VALUE("proxy.max-value"),
    MAX_UNREAD("proxy.max-unread"),
    MAX_BUFFERED("proxy.max-buffered"),
    LOOPS("proxy.loops"),
    TRANSPORT("proxy.transport"),

    ADMIN_HTTP("admin.http"),
    ADMIN_CONTROL("admin.control");

    private final String path;

    ConfigKey(String path) {
        this.path = path;
    }

    /** {@code section.key}, as messages and the documentation write it. */
    String path() {
        return path;
    }

    String section() {
        return path.substring(0, path.indexOf('.'));
    }

    String key() {
        return path.substring(path.indexOf('.') + 1);
    }

    /** The keys of one section, in the order of the documentation. */
    static List<String> keysOf(String section) {
        return Arrays.stream(values())
                .filter(key -> key.section().equals(section))
                .map(ConfigKey::key)
                .toList();
    }

    static List<String> sections() {
        return Arrays.stream(values()).map(ConfigKey::section).distinct().toList();
    }
}
