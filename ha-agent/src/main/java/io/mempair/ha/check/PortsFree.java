package io.mempair.ha.check;

import io.mempair.ha.config.NodeConfig;
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
    public static List<String> warnings(NodeConfig node) {
        List<String> warnings = new ArrayList<>();
        addIfTaken(
                "group.port",
                new ServerAddress(node.group().bind(), node.group().port()),
                warnings);
        addIfTaken("admin.http", node.admin().http(), warnings);
        warnings.addAll(new PortTrial(
                        node.proxy().listeners().addresses(),
                        node.virtualAddress(),
                        () -> false,
                        new ListeningSockets(Path.of("/proc/net")))
                .look());
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
