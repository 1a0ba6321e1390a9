package io.mempair.ha.config;

import io.mempair.proxy.config.ProxyConfig;
import io.mempair.proxy.config.ServerAddress;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The files of what runs beside a node, or alone: of a witness, and of a proxy. */
final class MemberFiles {

    private MemberFiles() {}

    /** The file of a witness; null, with problems reported, if it is wrong. */
    static @Nullable WitnessConfig witness(FileSections file) {
        Section node = file.required("node");
        for (String onlyNodes : List.of("virtual-address", "proxy", "checks")) {
            if (file.has(onlyNodes)) {
                file.wrong(onlyNodes, "does nothing in the file of a witness, which never serves (expected: left out)");
            }
        }
        String name = node.required(ConfigKey.NODE_NAME, "a name, unique among the three", NodeConfig::requireName);
        Section group = file.required("group");
        GroupConfig channel = WitnessSections.group(node, group);
        String bind = channel == null ? "localhost" : channel.bind();
        Section admin = file.section("admin");
        AdminConfig watched = AdminSection.read(admin, new ServerAddress(bind, AdminConfig.DEFAULT_HTTP_PORT));
        new OwnPlaces().channel(group, channel).admin(admin, watched).requireApart();
        LogConfig log = file.log();
        if (name == null || channel == null || watched == null) {
            return null;
        }
        return node.build(() -> new WitnessConfig(name, channel, watched, log));
    }

    /** The file of a proxy alone; null, with problems reported, if it is wrong. */
    static @Nullable ProxyFile proxy(FileSections file) {
        ServerAddress everywhere = new ServerAddress("0.0.0.0", ServerAddress.MEMCACHED_PORT);
        Section proxies = file.required("proxy");
        ProxyConfig proxy = ProxySection.read(proxies, List.of(everywhere));
        ServerAddress http = new ServerAddress("127.0.0.1", AdminConfig.DEFAULT_HTTP_PORT);
        Section admins = file.section("admin");
        AdminConfig admin = file.has("admin") ? AdminSection.read(admins, http) : null;
        OwnPlaces.requireAll(proxies, null, proxies, proxy, admins, admin, null);
        LogConfig log = file.log();
        return proxy == null ? null : new ProxyFile(proxy, admin, log);
    }
}
