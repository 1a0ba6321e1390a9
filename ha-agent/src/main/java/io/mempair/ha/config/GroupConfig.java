package io.mempair.ha.config;

import io.mempair.proxy.config.ServerAddress;
import java.util.List;

/**
 * The channel between the nodes.
 *
 * @param bind     this node's own address, never the virtual one
 * @param port     TCP port of the channel; {@code port + 100} is the failure detector's
 * @param peers    the other members, host and port each; at least one
 * @param profile  how fast failures are noticed
 */
public record GroupConfig(String bind, int port, List<ServerAddress> peers, Profile profile) {

    /** TCP; JGroups' customary port. */
    public static final int DEFAULT_PORT = 7800;

    /** What is added to {@link #port} for the second socket of the channel. */
    public static final int FAILURE_DETECTION_OFFSET = 100;

    public GroupConfig {
        peers = List.copyOf(peers);
        if (peers.isEmpty()) {
            throw new IllegalArgumentException("peers: empty (expected: the address of the other node)");
        }
        if (port < 1 || port > 65_535 - FAILURE_DETECTION_OFFSET) {
            throw new IllegalArgumentException(
                    "port: " + port + " (expected: 1.." + (65_535 - FAILURE_DETECTION_OFFSET) + ')');
        }
    }
}
