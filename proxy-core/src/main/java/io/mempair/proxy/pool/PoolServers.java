package io.mempair.proxy.pool;

import io.mempair.proxy.backend.ServerState;
import io.mempair.proxy.config.PoolConfig;
import java.util.List;

/**
 * A pool and its shared server states. Any thread.
 *
 * @param config   as the operator wrote it
 * @param servers  primaries first, then backups
 */
public record PoolServers(PoolConfig config, List<ServerState> servers) {

    public PoolServers {
        servers = List.copyOf(servers);
    }
}
