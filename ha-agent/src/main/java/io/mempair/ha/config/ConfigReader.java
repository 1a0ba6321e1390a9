package io.mempair.ha.config;

import io.mempair.proxy.config.CopyPolicy;
import io.mempair.proxy.config.PlacementRule;
import io.mempair.proxy.config.PoolConfig;
import io.mempair.proxy.config.ServerAddress;
import io.mempair.proxy.config.ServerSecurity;
import io.mempair.proxy.config.ServerTimeouts;
import java.nio.file.Path;

/**
 * Reads the one YAML file, strictly: unknown and repeated keys, wrong types and bad values are errors, all
 * reported at once with their place. Nothing is corrected silently.
 */
public final class ConfigReader {

    private ConfigReader() {}

    /** Reads a file for {@code mempair node}: every section is required except {@code admin} and {@code log}. */
    public static NodeConfig readNode(Path path) throws ConfigException {
        return readNode(ConfigText.of(path));
    }

    /** As {@link #readNode(Path)}, of what was read. */
    public static NodeConfig readNode(ConfigText text) throws ConfigException {
        var file = new FileSections(text);
        return file.finish(NodeFileParts.read(file).whole());
    }

    /** Reads a file for {@code mempair witness}: {@code node} and {@code group}, and optionally {@code admin} and {@code log}. */
    public static WitnessConfig readWitness(Path path) throws ConfigException {
        return readWitness(ConfigText.of(path));
    }

    /** As {@link #readWitness(Path)}, of what was read. */
    public static WitnessConfig readWitness(ConfigText text) throws ConfigException {
        var file = new FileSections(text);
        return file.finish(MemberFiles.witness(file));
    }

    /** Reads a file for {@code mempair proxy}: only {@code proxy} and, if present, {@code admin} and {@code log} are used. */
    public static ProxyFile readProxy(Path path) throws ConfigException {
        return readProxy(ConfigText.of(path));
    }

    /** As {@link #readProxy(Path)}, of what was read. */
    public static ProxyFile readProxy(ConfigText text) throws ConfigException {
        var file = new FileSections(text);
        return file.finish(MemberFiles.proxy(file));
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
        var file = new FileSections(text);
        return file.has("node") || file.has("group") || file.has("virtual-address");
    }

    /** Whether the file describes a witness: a member of the group that serves nothing. */
    public static boolean describesWitness(ConfigText text) throws ConfigException {
        var file = new FileSections(text);
        return file.has("group") && !file.has("virtual-address") && !file.has("proxy");
    }

    /** Reads only the admin section, for commands that talk to a running program. */
    public static AdminConfig readAdmin(Path path) throws ConfigException {
        var file = new FileSections(ConfigText.of(path));
        ServerAddress unused = new ServerAddress("localhost", AdminConfig.DEFAULT_HTTP_PORT);
        return file.finish(AdminSection.read(file.section("admin"), unused));
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
        FileSections file;
        try {
            file = new FileSections(text);
        } catch (ConfigException unreadable) {
            Path control = AdminSection.controlIn(text.text());
            if (control == null) {
                throw unreadable;
            }
            wrong.tell(unreadable, control);
            return control;
        }
        Section admin = file.section("admin");
        if (!admin.has(ConfigKey.ADMIN_CONTROL.key())) {
            return AdminConfig.DEFAULT_CONTROL;
        }
        Path control = admin.required(ConfigKey.ADMIN_CONTROL, "a path", AdminSection::control);
        if (control == null) {
            throw file.problems().exception();
        }
        return control;
    }

    /**
     * Reads a file for {@code mempair node} as {@link #readNode}, and keeps what is right of a wrong one.
     *
     * @throws ConfigException if it is no YAML
     */
    public static NodeFile readNodeFile(ConfigText text) throws ConfigException {
        var file = new FileSections(text);
        return NodeFileParts.read(file).file(file.problems());
    }
}
