package io.mempair.proxy.config;

import java.util.HashSet;
import java.util.List;

/**
 * The servers that share a key space.
 *
 * @param primaries     at least one; their order is part of the placement of keys
 * @param backups       the backup tier, hashed by its own ring; empty for one copy only
 * @param distribution  how keys are placed, in both tiers alike
 * @param timeouts      how long to wait for a server
 * @param security      TLS and login towards the servers
 * @param copies        how two copies are kept, where there is a backup tier
 */
public record PoolConfig(
        List<ServerAddress> primaries,
        List<ServerAddress> backups,
        Distribution distribution,
        ServerTimeouts timeouts,
        ServerSecurity security,
        CopyPolicy copies) {

    public PoolConfig {
        primaries = List.copyOf(primaries);
        backups = List.copyOf(backups);
        if (primaries.isEmpty()) {
            throw new IllegalArgumentException("servers: empty (expected: at least one)");
        }
        requireDistinct("servers", primaries);
        requireDistinct("backups", backups);
    }

    /** A pool of servers that ask for no login and speak plain TCP. */
    public PoolConfig(
            List<ServerAddress> primaries,
            List<ServerAddress> backups,
            Distribution distribution,
            ServerTimeouts timeouts) {
        this(primaries, backups, distribution, timeouts, ServerSecurity.NONE);
    }

    /** The same with another policy for two copies. */
    public PoolConfig with(CopyPolicy other) {
        return new PoolConfig(primaries, backups, distribution, timeouts, security, other);
    }

    /** A pool whose two copies, if it has two, are kept in the usual way. */
    public PoolConfig(
            List<ServerAddress> primaries,
            List<ServerAddress> backups,
            Distribution distribution,
            ServerTimeouts timeouts,
            ServerSecurity security) {
        this(primaries, backups, distribution, timeouts, security, CopyPolicy.DEFAULT);
    }

    private static void requireDistinct(String name, List<ServerAddress> addresses) {
        var seen = new HashSet<ServerAddress>();
        for (ServerAddress address : addresses) {
            if (!seen.add(address)) {
                throw new IllegalArgumentException(name + ": " + address + " twice (expected: each once)");
            }
        }
    }

    /** Whether each key has a second copy. */
    public boolean hasBackupTier() {
        return !backups.isEmpty();
    }
}
