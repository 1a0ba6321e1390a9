package io.mempair.proxy.pool;

import io.mempair.proxy.backend.ServerConnection;
import io.mempair.proxy.route.Placement;
import java.util.List;

/** One tier of a pool on one event loop: its servers, and which of them owns a key. */
public final class Tier {

    private final Placement placement;
    private final ServerConnection[] servers;

    Tier(Placement placement, List<ServerConnection> servers) {
        this.placement = placement;
        this.servers = servers.toArray(ServerConnection[]::new);
    }

    /** Number of servers. */
    public int size() {
        return servers.length;
    }

    /** This loop's connections to all of them. */
    public List<ServerConnection> servers() {
        return List.of(servers);
    }

    /** Index of the server that owns the key, whether or not it is usable. */
    public int serverOf(byte[] bytes, int keyOffset, int keyLength) {
        return placement.serverOf(bytes, keyOffset, keyLength);
    }

    /** This loop's connection to the server with that index. */
    public ServerConnection server(int index) {
        return servers[index];
    }

    /** This loop's connection to the server that owns the key. */
    public ServerConnection ownerOf(byte[] bytes, int keyOffset, int keyLength) {
        return servers[serverOf(bytes, keyOffset, keyLength)];
    }
}
