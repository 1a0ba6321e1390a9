package io.mempair.ha.config;

import io.mempair.proxy.config.ProxyConfig;
import io.mempair.proxy.config.ServerAddress;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What a file has for a node, as far as it is right. */
record NodeFileParts(
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

    static NodeFileParts read(FileSections file) {
        Section node = file.required("node");
        Section group = file.required("group");
        Section address = file.required("virtual-address");
        Section proxy = file.required("proxy");
        Section admin = file.section("admin");
        List<CheckConfig> checks = ChecksSection.read(file.sections("checks"));

        String name = node.required(ConfigKey.NODE_NAME, "a name, unique in the pair", NodeConfig::requireName);
        int priority = node.optional(
                ConfigKey.NODE_PRIORITY,
                NodeSections.DEFAULT_PRIORITY,
                text -> NodeConfig.requirePriority(ProxyValues.number(text)));
        boolean warmup = node.optional(ConfigKey.NODE_WARMUP, true, ProxyValues::flag);
        VirtualAddressConfig vip = AddressSection.read(address);
        HooksConfig hooks = HooksSection.read(file.section("hooks"));
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

        OwnPlaces.requireAll(group, channel, proxy, pool, admin, watched, vip);
        LogConfig log = file.log();
        NodeConfig whole =
                name == null || vip == null || hooks == null || channel == null || pool == null || watched == null
                        ? null
                        : node.build(() -> new NodeConfig(
                                name, priority, warmup, channel, vip, hooks, pool, checks, watched, log));
        return new NodeFileParts(name, channel, vip, hooks, pool, watched, whole);
    }
}
