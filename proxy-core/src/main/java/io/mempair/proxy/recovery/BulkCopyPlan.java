package io.mempair.proxy.recovery;

import io.mempair.proxy.backend.ServerConnection;
import io.mempair.proxy.config.MemoryPlan;
import io.mempair.proxy.pool.Pool;
import io.mempair.proxy.pool.Tier;
import io.mempair.proxy.replication.Key;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.function.BiPredicate;

/**
 * What a {@link BulkCopier} copies.
 *
 * @param sources         the servers of the other tier
 * @param to              the server that is refilling
 * @param owns            whether the rings map the key to both the target and that source; another server may hold
 *     a leftover that nobody keeps up to date
 * @param keysPerSecond   positive
 * @param connectTimeout  to a source
 * @param spoolBytes      for keys dumped and not yet copied; as much again for those that could not be copied
 */
public record BulkCopyPlan(
        List<ServerConnection> sources,
        ServerConnection to,
        BiPredicate<Key, ServerConnection> owns,
        int keysPerSecond,
        Duration connectTimeout,
        int spoolBytes) {

    /** Most keys ever kept for another try. With more failures the bulk copy is aborted, and reads alone refill the server. */
    private static final int MAX_FAILED = 10_000;

    /** Bytes that one of them takes at most, with its key of 250 bytes. */
    private static final int FAILED_BYTES = 360;

    public BulkCopyPlan {
        sources = List.copyOf(sources);
    }

    /** With the spool of a pool of two servers. */
    public BulkCopyPlan(
            List<ServerConnection> sources,
            ServerConnection to,
            BiPredicate<Key, ServerConnection> owns,
            int keysPerSecond,
            Duration connectTimeout) {
        this(
                sources,
                to,
                owns,
                keysPerSecond,
                connectTimeout,
                MemoryPlan.ofThisProcess().spoolBytes(2));
    }

    /** Most keys kept for another try. */
    int maxFailed() {
        return Math.min(MAX_FAILED, spoolBytes / FAILED_BYTES);
    }

    /** Every key that {@code to}, a server of a pool with two tiers, owns; the other tier is the source. */
    static BulkCopyPlan of(Pool pool, ServerConnection to) {
        Tier primaries = pool.primaries();
        Tier backups = Objects.requireNonNull(pool.backups());
        boolean isPrimary = primaries.servers().contains(to);
        Tier own = isPrimary ? primaries : backups;
        Tier sources = isPrimary ? backups : primaries;
        return new BulkCopyPlan(
                sources.servers(),
                to,
                (key, source) -> own.ownerOf(key.bytes(), 0, key.bytes().length) == to
                        && sources.ownerOf(key.bytes(), 0, key.bytes().length) == source,
                pool.config().copies().refillKeysPerSecond(),
                pool.config().timeouts().connect(),
                MemoryPlan.ofThisProcess()
                        .spoolBytes(
                                primaries.servers().size() + backups.servers().size()));
    }
}
