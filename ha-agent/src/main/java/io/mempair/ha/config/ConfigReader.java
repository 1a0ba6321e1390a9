package io.mempair.ha.config;

import io.mempair.proxy.config.CopyPolicy;
import io.mempair.proxy.config.ListenerConfig;
import io.mempair.proxy.config.PlacementRule;
import io.mempair.proxy.config.PoolConfig;
import io.mempair.proxy.config.ProxyConfig;
import io.mempair.proxy.config.ServerAddress;
import io.mempair.proxy.config.ServerSecurity;
import io.mempair.proxy.config.ServerTimeouts;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.nodes.Node;

/**
 * Reads the one YAML file, strictly: unknown and repeated keys, wrong types and bad values are errors, all
 * reported at once with their place. Nothing is corrected silently.
 */
public final class ConfigReader {

    private final Problems problems;
    private final Section file;

    private ConfigReader(ConfigText text) throws ConfigException {
        this.problems = new Problems(text.path().toString());
        this.file = new Section("", parse(text), ConfigKey.sections(), problems);
        if (!file.isMapping()) {
            throw problems.exception(); // nothing can be said of its keys
        }
    }

    /** Reads a file for {@code mempair node}: every section is required except {@code admin} and {@code log}. */
    public static NodeConfig readNode(Path path) throws ConfigException {
        return readNode(ConfigText.of(path));
    }

    /** As {@link #readNode(Path)}, of what was read. */
    public static NodeConfig readNode(ConfigText text) throws ConfigException {
        var reader = new ConfigReader(text);
        return reader.finish(reader.node());
    }

    /** Reads a file for {@code mempair witness}: {@code node} and {@code group}, and optionally {@code admin} and {@code log}. */
    public static WitnessConfig readWitness(Path path) throws ConfigException {
        return readWitness(ConfigText.of(path));
    }

    /** As {@link #readWitness(Path)}, of what was read. */
    public static WitnessConfig readWitness(ConfigText text) throws ConfigException {
        var reader = new ConfigReader(text);
        return reader.finish(reader.witness());
    }

    /** Reads a file for {@code mempair proxy}: only {@code proxy} and, if present, {@code admin} and {@code log} are used. */
    public static ProxyFile readProxy(Path path) throws ConfigException {
        return readProxy(ConfigText.of(path));
    }

    /** As {@link #readProxy(Path)}, of what was read. */
    public static ProxyFile readProxy(ConfigText text) throws ConfigException {
        var reader = new ConfigReader(text);
        return reader.finish(reader.proxyFile());
    }

    /**
     * Reads what {@code mempair} says of the placement it runs by: the keys of {@code proxy} that decide it, on one line.
     *
     * @return the servers and their placement, with defaults for all else
     */
    public static PoolConfig readPlacement(String text) throws ConfigException {
        var problems = new Problems("the placement of the running program");
        var proxy = new Section("proxy", YamlTree.of(text, "placement", problems), ConfigKey.keysOf("proxy"), problems);
        PlacementSection placement = PlacementSection.read(proxy);
        PlacementRule rule = placement.rule();
        PoolConfig pool = rule == null
                ? null
                : proxy.build(() -> new PoolConfig(
                        placement.servers(),
                        placement.backups(),
                        rule,
                        ServerTimeouts.DEFAULT,
                        ServerSecurity.NONE,
                        CopyPolicy.DEFAULT));
        if (pool == null || !problems.none()) {
            throw problems.exception();
        }
        return pool;
    }

    /** Whether the file describes a node rather than a standalone proxy. */
    public static boolean describesNode(ConfigText text) throws ConfigException {
        var reader = new ConfigReader(text);
        return reader.file.has("node") || reader.file.has("group") || reader.file.has("virtual-address");
    }

    /** Whether the file describes a witness: a member of the group that serves nothing. */
    public static boolean describesWitness(ConfigText text) throws ConfigException {
        var reader = new ConfigReader(text);
        return reader.file.has("group") && !reader.file.has("virtual-address") && !reader.file.has("proxy");
    }

    /** Reads only the admin section, for commands that talk to a running program. */
    public static AdminConfig readAdmin(Path path) throws ConfigException {
        var reader = new ConfigReader(ConfigText.of(path));
        ServerAddress unused = new ServerAddress("localhost", AdminConfig.DEFAULT_HTTP_PORT);
        return reader.finish(AdminSection.read(reader.section("admin"), unused));
    }

    /** What is told of a file of which only the control socket can be read. */
    public interface WrongFile {
        /**
         * Called once.
         *
         * @param unreadable  what is wrong with it
         * @param control     the socket it names all the same
         */
        void tell(ConfigException unreadable, Path control);
    }

    /**
     * The control socket of the program that runs by a file, which may have been changed since the program read it: other keys are not
     * looked at, and of a file that is no YAML the one key is sought in its text.
     *
     * @param wrong  is told if the file is no YAML
     * @throws ConfigException if the file cannot be read at all, or the key has no value that can be right
     */
    public static Path readControl(Path path, WrongFile wrong) throws ConfigException {
        ConfigText text = ConfigText.of(path);
        ConfigReader reader;
        try {
            reader = new ConfigReader(text);
        } catch (ConfigException unreadable) {
            Path control = AdminSection.controlIn(text.text());
            if (control == null) {
                throw unreadable;
            }
            wrong.tell(unreadable, control);
            return control;
        }
        Section admin = reader.section("admin");
        if (!admin.has(ConfigKey.ADMIN_CONTROL.key())) {
            return AdminConfig.DEFAULT_CONTROL;
        }
        Path control = admin.required(ConfigKey.ADMIN_CONTROL, "a path", AdminSection::control);
        if (control == null) {
            throw reader.problems.exception();
        }
        return control;
    }

    private <T> T finish(@Nullable T value) throws ConfigException {
        if (value == null || !problems.none()) {
            throw problems.exception();
        }
        return value;
    }

    /**
     * Reads a file for {@code mempair node} as {@link #readNode}, and keeps what is right of a wrong one.
     *
     * @throws ConfigException if it is no YAML
     */
    public static NodeFile readNodeFile(ConfigText text) throws ConfigException {
        var reader = new ConfigReader(text);
        return reader.nodeParts().file(reader.problems);
    }

    /** What a file has for a node, as far as it is right. */
    private record NodeFileParts(
            @Nullable String name,
            @Nullable GroupConfig group,
            @Nullable VirtualAddressConfig address,
            @Nullable HooksConfig hooks,
            @Nullable ProxyConfig proxy,
            @Nullable AdminConfig admin,
            @Nullable NodeConfig whole) {

        NodeFile file(Problems problems) {
            return new NodeFile(
                    name,
                    group,
                    address,
                    hooks,
                    proxy,
                    admin,
                    problems.none() ? List.of() : problems.exception().problems());
        }
    }

    private @Nullable NodeConfig node() {
        return nodeParts().whole();
    }

    private NodeFileParts nodeParts() {
        Section node = required("node");
        Section group = required("group");
        Section address = required("virtual-address");
        Section proxy = required("proxy");
        Section admin = section("admin");
        List<CheckConfig> checks = ChecksSection.read(file.sections("checks"));

        String name = node.required(ConfigKey.NODE_NAME, "a name, unique in the pair", NodeConfig::requireName);
        int priority = node.optional(
                ConfigKey.NODE_PRIORITY,
                NodeSections.DEFAULT_PRIORITY,
                text -> NodeConfig.requirePriority(ProxyValues.number(text)));
        boolean warmup = node.optional(ConfigKey.NODE_WARMUP, true, ProxyValues::flag);
        VirtualAddressConfig vip = AddressSection.read(address);
        HooksConfig hooks = HooksSection.read(section("hooks"));
        GroupConfig channel = NodeSections.group(group, vip);
        List<ServerAddress> listen = vip == null
                ? List.of()
                : vip.addresses().stream()
                        .map(cidr -> new ServerAddress(cidr.address(), ServerAddress.MEMCACHED_PORT))
                        .toList();
        ProxyConfig pool = ProxySection.read(proxy, listen);
        if (vip != null && pool != null) {
            AddressSection.checkServers(proxy, vip, pool.pool());
        }
        if (vip != null && hooks != null) {
            AddressSection.checkInterface(address, vip, hooks);
        }
        String bind = channel == null ? "localhost" : channel.bind();
        AdminConfig watched = AdminSection.read(admin, new ServerAddress(bind, AdminConfig.DEFAULT_HTTP_PORT));

        requireApart(group, channel, proxy, pool, admin, watched, vip);
        LogConfig log = log();
        NodeConfig whole =
                name == null || vip == null || hooks == null || channel == null || pool == null || watched == null
                        ? null
                        : node.build(() -> new NodeConfig(
                                name, priority, warmup, channel, vip, hooks, pool, checks, watched, log));
        return new NodeFileParts(name, channel, vip, hooks, pool, watched, whole);
    }

    /** What this program opens, and the servers it asks, are all different. */
    private static void requireApart(
            Section group,
            @Nullable GroupConfig channel,
            Section proxy,
            @Nullable ProxyConfig pool,
            Section admin,
            @Nullable AdminConfig watched,
            @Nullable VirtualAddressConfig vip) {
        ListenerConfig listeners = pool == null ? null : pool.listeners();
        new OwnPlaces()
                .channel(group, channel)
                .listeners(proxy, listeners)
                .admin(admin, watched)
                .requireApart();
        OwnPlaces.requireSocketsApart(proxy, listeners, watched);
        if (pool != null) {
            OwnPlaces.requireOthers(proxy, pool, channel == null ? List.of() : List.of(channel.bind()), vip);
        }
    }

    private @Nullable WitnessConfig witness() {
        Section node = required("node");
        for (String onlyNodes : List.of("virtual-address", "proxy", "checks")) {
            if (file.has(onlyNodes)) {
                file.wrong(onlyNodes, "does nothing in the file of a witness, which never serves (expected: left out)");
            }
        }
        String name = node.required(ConfigKey.NODE_NAME, "a name, unique among the three", NodeConfig::requireName);
        Section group = required("group");
        GroupConfig channel = WitnessSections.group(node, group);
        String bind = channel == null ? "localhost" : channel.bind();
        Section admin = section("admin");
        AdminConfig watched = AdminSection.read(admin, new ServerAddress(bind, AdminConfig.DEFAULT_HTTP_PORT));
        new OwnPlaces().channel(group, channel).admin(admin, watched).requireApart();
        LogConfig log = log();
        if (name == null || channel == null || watched == null) {
            return null;
        }
        return node.build(() -> new WitnessConfig(name, channel, watched, log));
    }

    private @Nullable ProxyFile proxyFile() {
        ServerAddress everywhere = new ServerAddress("0.0.0.0", ServerAddress.MEMCACHED_PORT);
        Section proxies = required("proxy");
        ProxyConfig proxy = ProxySection.read(proxies, List.of(everywhere));
        ServerAddress http = new ServerAddress("127.0.0.1", AdminConfig.DEFAULT_HTTP_PORT);
        Section admins = section("admin");
        AdminConfig admin = file.has("admin") ? AdminSection.read(admins, http) : null;
        requireApart(section("group"), null, proxies, proxy, admins, admin, null);
        LogConfig log = log();
        return proxy == null ? null : new ProxyFile(proxy, admin, log);
    }

    private LogConfig log() {
        Section log = section("log");
        return new LogConfig(
                log.optional(ConfigKey.LOG_LEVEL, LogConfig.DEFAULT.level(), ProxyValues::logLevel),
                log.optional(ConfigKey.LOG_FORMAT, LogConfig.DEFAULT.format(), ProxyValues::logFormat),
                log.optional(ConfigKey.LOG_SLOW, LogConfig.DEFAULT.slow(), LogConfig::slow),
                log.optional(ConfigKey.LOG_SLOW_KEYS, LogConfig.DEFAULT.plainKeys(), LogConfig::plainKeys));
    }

    private Section required(String name) {
        if (!file.has(name)) {
            file.missing(name, "a mapping, with at least " + ConfigKey.requiredOf(name));
            return Section.absent(name, problems);
        }
        return section(name);
    }

    private Section section(String name) {
        return new Section(name, file.node(name), ConfigKey.keysOf(name), problems);
    }

    private Node parse(ConfigText source) throws ConfigException {
        Node root = YamlTree.of(source.text(), source.path().toString(), problems);
        if (root == null) {
            problems.add(
                    Optional.empty(),
                    (source.text().isBlank() ? "empty" : "everything in it is commented out")
                            + " (expected: the sections node, group, virtual-address and proxy of a node, or proxy alone;"
                            + " `mempair init` writes the files of a pair)");
            throw problems.exception();
        }
        return root;
    }
}
