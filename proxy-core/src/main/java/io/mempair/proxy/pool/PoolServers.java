package io.mempair.proxy.pool;

import io.mempair.proxy.backend.ServerState;
import io.mempair.proxy.config.PoolConfig;
import io.mempair.proxy.replication.ReplicaState;
import java.util.ArrayList;
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

    /** Tells each server's replica state which servers hold the other copies of its keys. */
    public void tellTwins() {
        int primaries = config.primaries().size();
        for (int i = 0; i < servers.size(); i++) {
            List<ReplicaState> twins = new ArrayList<>();
            for (int j = i < primaries ? primaries : 0; j < (i < primaries ? servers.size() : primaries); j++) {
                if (config.shareKeys(Math.min(i, j), Math.max(i, j) - primaries)) {
                    twins.add(servers.get(j).replica());
                }
            }
            servers.get(i).replica().otherCopies().are(config.hasBackupTier() ? twins : List.of());
        }
    }
}
