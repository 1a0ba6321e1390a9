package io.mempair.ha.config;

import io.mempair.proxy.config.ServerAddress;
import java.util.List;

/**
 * The channel between the nodes.
 *
 * @param bind     this node's own address, never the virtual one
 * @param port     TCP port of the channel
 * @param peers    the other members, host and port each; at least one
 * @param profile  how fast failures are noticed
 * @param security how the nodes know each other
 */
public record GroupConfig(String bind, int port, List<ServerAddress> peers, Profile profile, GroupSecurity security) {

    /** TCP; JGroups' customary port. */
    public static final int DEFAULT_PORT = 7800;

    public GroupConfig {
        peers = List.copyOf(peers);
        if (peers.isEmpty()) {
            throw new IllegalArgumentException("peers: empty (expected: the address of the other node)");
        }
        if (port < 1 || port > 65_535) {
            throw new IllegalArgumentException("port: " + port + " (expected: 1..65535)");
        }
    }

    /** A channel without {@link GroupSecurity security}. */
    public GroupConfig(String bind, int port, List<ServerAddress> peers, Profile profile) {
        this(bind, port, peers, profile, new GroupSecurity.None());
    }
}
