package io.mempair.proxy.server;

import io.mempair.proxy.backend.ServerState;
import io.mempair.proxy.replication.ReplicaState;
import io.mempair.proxy.testkit.RunningProxy;

/** What only the package {@code server} may look at, for tests of the rooms that it wires together. */
public final class ProxyInternals {

    private ProxyInternals() {}

    /** A server as all loops together see it: primaries first, then backups. */
    public static ServerState state(RunningProxy proxy, int server) {
        return proxy.server().servers().get(server);
    }

    /** What is kept of that server as a replica. */
    public static ReplicaState replica(RunningProxy proxy, int server) {
        return state(proxy, server).replica();
    }
}
