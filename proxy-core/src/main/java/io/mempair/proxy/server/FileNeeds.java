package io.mempair.proxy.server;

import io.mempair.proxy.config.PoolConfig;
import io.mempair.proxy.config.ProxyConfig;
import java.util.Optional;

/** The open files that a proxy may need with a configuration. Pure. */
public final class FileNeeds {

    /** The JVM's own, the log, the admin face with its connections, the channel to the peers, guard, hooks and checks. */
    static final int SPARE = 256;

    /** Of a loop: the ring or epoll, its timer, what wakes it, and as much again while it changes its servers. */
    private static final int OF_A_LOOP = 4;

    private FileNeeds() {}

    /** Clients, a connection of each loop to each server, and what else a process has. */
    static long of(ProxyConfig config) {
        PoolConfig pool = config.pool();
        long servers = (long) pool.primaries().size() + pool.backups().size();
        return (long) config.limits().maxClients() + config.loops() * (servers + OF_A_LOOP) + SPARE;
    }

    /** A warning for the operator if {@code limit} is lower. */
    public static Optional<String> warning(ProxyConfig config, long limit) {
        long needed = of(config);
        return limit >= needed
                ? Optional.empty()
                : Optional.of("open files: at most " + limit + " (expected: " + needed + ", for max-clients "
                        + config.limits().maxClients() + ", the servers and " + SPARE
                        + " to spare; beyond the limit clients wait to be accepted. Remedy: LimitNOFILE=" + needed
                        + " in the systemd unit, ulimit -n in a shell, or a smaller max-clients)");
    }
}
