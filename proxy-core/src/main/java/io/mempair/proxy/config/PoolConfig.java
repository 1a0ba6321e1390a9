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
 */
public record PoolConfig(
        List<ServerAddress> primaries,
        List<ServerAddress> backups,
        Distribution distribution,
        ServerTimeouts timeouts,
        ServerSecurity security) {

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
