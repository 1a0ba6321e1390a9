package io.mempair.ha.check;

import io.mempair.ha.config.AdminConfig;
import io.mempair.ha.config.GroupConfig;
import io.mempair.ha.config.NodeFile;
import io.mempair.ha.config.VirtualAddressConfig;
import io.mempair.proxy.config.ProxyConfig;
import io.mempair.proxy.config.ServerAddress;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Whether a node that does not run could open its ports on this host. Binds each for a moment without serving anybody. */
public final class PortsFree {

    private PortsFree() {}

    /** The ports that somebody else has, each with its remedy. */
    public static List<String> warnings(NodeFile node) {
        List<String> warnings = new ArrayList<>();
        GroupConfig group = node.group();
        if (group != null) {
            addIfTaken("group.port", new ServerAddress(group.bind(), group.port()), warnings);
        }
        AdminConfig admin = node.admin();
        if (admin != null) {
            addIfTaken("admin.http", admin.http(), warnings);
        }
        ProxyConfig proxy = node.proxy();
        VirtualAddressConfig floating = node.address();
        if (proxy != null && floating != null) {
            warnings.addAll(new PortTrial(
                            proxy.listeners().addresses(),
                            floating,
                            () -> false,
                            new ListeningSockets(Path.of("/proc/net")))
                    .look());
        }
        return warnings;
    }

    /** Of an address that is not here yet, another check tells. */
    private static void addIfTaken(String key, ServerAddress address, List<String> warnings) {
        var place = new InetSocketAddress(address.host(), address.port());
        if (place.isUnresolved() || OwnAddress.isNotHereYet(place)) {
            return;
        }
        try (ServerSocket socket = new ServerSocket()) {
            socket.setReuseAddress(true);
            socket.bind(place, 1);
        } catch (IOException e) {
            warnings.add(key + ": " + address + " cannot be opened: " + e.getMessage()
                    + " (expected: a port no other process has; `ss -ltnp` shows who has it)");
        }
    }
}
