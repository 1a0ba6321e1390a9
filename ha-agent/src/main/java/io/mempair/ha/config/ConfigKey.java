package io.mempair.ha.config;

import java.util.Arrays;
import java.util.List;
import java.util.Set;

/** Every key of the file; {@code docs/reference/configuration.md} describes each, and a test keeps the two in step. */
enum ConfigKey {
    NODE_NAME("node.name"),
    NODE_PRIORITY("node.priority"),
    NODE_WARMUP("node.warmup"),

    GROUP_BIND("group.bind"),
    GROUP_PORT("group.port"),
    GROUP_PEERS("group.peers"),
    GROUP_PROFILE("group.profile"),
    GROUP_MODE("group.mode"),
    GROUP_WITNESS("group.witness"),
    GROUP_TIE_BREAKER("group.tie-breaker"),
    GROUP_PREEMPT("group.preempt"),
    GROUP_PREEMPT_DELAY("group.preempt-delay"),
    GROUP_HANDOVER("group.handover"),
    GROUP_TLS_CERTIFICATE("group.tls-certificate"),
    GROUP_TLS_KEY("group.tls-key"),
    GROUP_TLS_CA("group.tls-ca"),
    GROUP_KEY_FILE("group.key-file"),

    ADDRESS("virtual-address.address"),
    INTERFACE("virtual-address.interface"),
    CONFLICT("virtual-address.conflict"),

    HOOK_CLAIM("hooks.claim"),
    HOOK_RELEASE("hooks.release"),
    HOOK_NOTIFY("hooks.notify"),
    HOOK_FENCE("hooks.fence"),
    HOOK_TIMEOUT("hooks.timeout"),
    HOOK_ADDRESS("hooks.address"),

    LISTEN("proxy.listen"),
    UNIX_SOCKET("proxy.unix-socket"),
    UNIX_SOCKET_MODE("proxy.unix-socket-mode"),
    TLS_LISTEN("proxy.tls-listen"),
    TLS_CERTIFICATE("proxy.tls-certificate", true),
    TLS_KEY("proxy.tls-key", true),
    TLS_CLIENT_CA("proxy.tls-client-ca", true),
    SERVERS("proxy.servers", true),
    BACKUPS("proxy.backups", true),
    DISTRIBUTION("proxy.distribution", true),
    HASH("proxy.hash", true),
    HASH_TAG("proxy.hash-tag", true),
    HASH_SKIP_PREFIX("proxy.hash-skip-prefix", true),
    TIMEOUT("proxy.timeout", true),
    CONNECT_TIMEOUT("proxy.connect-timeout", true),
    PROBE_INTERVAL("proxy.probe-interval", true),
    RETRY_MIN("proxy.retry-min", true),
    RETRY_MAX("proxy.retry-max", true),
    ACKNOWLEDGE("proxy.acknowledge", true),
    HEDGE("proxy.hedge", true),
    JOURNAL_BYTES("proxy.journal-bytes", true),
    REFILL_RATE("proxy.refill-rate", true),
    REFILL_FOR("proxy.refill-for", true),
    REFILL_LIFETIME("proxy.refill-lifetime", true),
    LAST_COPY_WAIT("proxy.last-copy-wait", true),
    REBALANCE("proxy.rebalance", true),
    REBALANCE_RATE("proxy.rebalance-rate", true),
    REBALANCE_LEAVING("proxy.rebalance-leaving", true),
    REBALANCE_FULL("proxy.rebalance-full", true),
    REBALANCE_KEEP("proxy.rebalance-keep", true),
    MAX_CLIENTS("proxy.max-clients", true),
    MAX_IN_FLIGHT("proxy.max-in-flight", true),
    MAX_VALUE("proxy.max-value", true),
    MAX_UNREAD("proxy.max-unread", true),
    MAX_BUFFERED("proxy.max-buffered", true),
    ALLOW("proxy.allow", true),
    AUTH_FILE("proxy.auth-file", true),
    REFUSED_COMMANDS("proxy.refused-commands", true),
    FAILED_READ("proxy.failed-read", true),
    IDLE_TIMEOUT("proxy.idle-timeout", true),
    SERVER_TLS("proxy.server-tls", true),
    SERVER_TLS_CA("proxy.server-tls-ca", true),
    SERVER_TLS_VERIFY_NAME("proxy.server-tls-verify-name", true),
    SERVER_TLS_CERTIFICATE("proxy.server-tls-certificate", true),
    SERVER_TLS_KEY("proxy.server-tls-key", true),
    SERVER_AUTH_FILE("proxy.server-auth-file", true),
    LOOPS("proxy.loops"),
    GATHER("proxy.gather"),
    TRANSPORT("proxy.transport"),
    LATENCIES("proxy.latencies"),

    CHECK_NAME("checks.name"),
    CHECK_COMMAND("checks.command"),
    CHECK_INTERVAL("checks.interval"),
    CHECK_TIMEOUT("checks.timeout"),
    CHECK_RISE("checks.rise"),
    CHECK_FALL("checks.fall"),

    ADMIN_HTTP("admin.http"),
    ADMIN_CONTROL("admin.control"),
    ADMIN_TLS_CERTIFICATE("admin.tls-certificate", true),
    ADMIN_TLS_KEY("admin.tls-key", true),
    ADMIN_AUTH_FILE("admin.auth-file", true),

    LOG_LEVEL("log.level", true),
    LOG_FORMAT("log.format"),
    LOG_SLOW("log.slow", true),
    LOG_SLOW_KEYS("log.slow-keys", true);

    /** Without a default, in a file of a node. */
    private static final Set<String> REQUIRED = Set.of(
            "node.name",
            "group.bind",
            "group.peers",
            "virtual-address.address",
            "virtual-address.interface",
            "proxy.servers");

    private final String path;
    private final boolean reloadable;

    ConfigKey(String path) {
        this(path, false);
    }

    ConfigKey(String path, boolean reloadable) {
        this.path = path;
        this.reloadable = reloadable;
    }

    /** Whether a running program can apply a change of it; otherwise the change needs a restart. */
    boolean reloadable() {
        return reloadable;
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

    /** What a section cannot be without, in words. */
    static String requiredOf(String section) {
        List<String> keys = keysOf(section).stream()
                .filter(key -> REQUIRED.contains(section + '.' + key))
                .toList();
        return (keys.size() == 1 ? "the key " : "the keys ") + String.join(" and ", keys);
    }

    static List<String> sections() {
        return Arrays.stream(values()).map(ConfigKey::section).distinct().toList();
    }
}
