package io.mempair.proxy.transfer;

import io.mempair.proxy.backend.ServerConnection;
import io.mempair.proxy.config.ServerAddress;
import java.util.HashMap;
import java.util.Map;

/** How many writes a rebalance itself may have sent to each server: rather too many than too few. Confined to its loop. */
final class OwnWrites {

    private final Map<ServerAddress, Long> counts = new HashMap<>();

    /** So many writes at most are about to be sent to that server. */
    void sending(ServerConnection server, int writes) {
        counts.merge(server.state().address(), (long) writes, Long::sum);
    }

    /** So far. */
    long to(ServerConnection server) {
        return counts.getOrDefault(server.state().address(), 0L);
    }
}
