package io.mempair.proxy.config;

import java.math.BigInteger;
import java.util.HashMap;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The servers that share a key space.
 *
 * @param primaries     at least one; their order is part of the placement of keys
 * @param backups       the backup tier, hashed by its own ring; empty for one copy only
 * @param placement     how keys are placed, in both tiers alike
 * @param timeouts      how long to wait for a server
 * @param security      TLS and login towards the servers
 * @param copies        how two copies are kept, where there is a backup tier
 * @param rebalance     what a reload does that moves keys
 */
public record PoolConfig(
        List<ServerAddress> primaries,
        List<ServerAddress> backups,
        PlacementRule placement,
        ServerTimeouts timeouts,
        ServerSecurity security,
        CopyPolicy copies,
        RebalancePolicy rebalance) {

    public PoolConfig {
        primaries = List.copyOf(primaries);
        backups = List.copyOf(backups);
        if (primaries.isEmpty()) {
            throw new IllegalArgumentException("servers: empty (expected: at least one)");
        }
        requireHosts("servers", primaries);
        requireHosts("backups", backups);
        requireDistinct("servers", primaries);
        requireDistinct("backups", backups);
        placement.requireDistinctNames("servers", primaries);
        placement.requireDistinctNames("backups", backups);
        requireApart(primaries, backups, placement);
    }

    /** A pool of servers that ask for no login and speak plain TCP. */
    public PoolConfig(
            List<ServerAddress> primaries,
            List<ServerAddress> backups,
            Distribution distribution,
            ServerTimeouts timeouts) {
        this(primaries, backups, distribution, timeouts, ServerSecurity.NONE);
    }

    /** A pool whose keys are not copied when they move. */
    public PoolConfig(
            List<ServerAddress> primaries,
            List<ServerAddress> backups,
            PlacementRule placement,
            ServerTimeouts timeouts,
            ServerSecurity security,
            CopyPolicy copies) {
        this(primaries, backups, placement, timeouts, security, copies, RebalancePolicy.OFF);
    }

    /** The same with another policy for two copies. */
    public PoolConfig with(CopyPolicy other) {
        return new PoolConfig(primaries, backups, placement, timeouts, security, other, rebalance);
    }

    /** The same with another policy for keys that move. */
    public PoolConfig with(RebalancePolicy other) {
        return new PoolConfig(primaries, backups, placement, timeouts, security, copies, other);
    }

    /** The same with these servers, placed like this. */
    public PoolConfig placedBy(List<ServerAddress> servers, List<ServerAddress> seconds, PlacementRule rule) {
        return new PoolConfig(servers, seconds, rule, timeouts, security, copies, rebalance);
    }

    /** The same with the servers of another pool, placed as there. */
    public PoolConfig placedAs(PoolConfig other) {
        return placedBy(other.primaries, other.backups, other.placement);
    }

    /** The servers of both tiers, primaries first. */
    public List<ServerAddress> servers() {
        return Stream.concat(primaries.stream(), backups.stream()).toList();
    }

    /** A server that is in both tiers, at different places; empty if there is none. */
    public Optional<ServerAddress> inBothTiers() {
        return backups.stream()
                .filter(server -> primaries.stream().anyMatch(server::isSamePlaceAs))
                .findFirst();
    }

    /** A pool whose two copies, if it has two, are kept in the usual way. */
    public PoolConfig(
            List<ServerAddress> primaries,
            List<ServerAddress> backups,
            Distribution distribution,
            ServerTimeouts timeouts,
            ServerSecurity security) {
        this(primaries, backups, new PlacementRule(distribution), timeouts, security, CopyPolicy.DEFAULT);
    }

    private static void requireDistinct(String name, List<ServerAddress> addresses) {
        var seen = new HashMap<ServerAddress, ServerAddress>();
        for (ServerAddress address : addresses) {
            ServerAddress earlier = seen.putIfAbsent(address.place(), address);
            if (earlier != null) {
                throw new IllegalArgumentException(name + ": " + address + " twice"
                        + (earlier.equals(address) ? "" : ", also as " + earlier) + " (expected: each once)");
            }
        }
    }

    private static void requireHosts(String name, List<ServerAddress> addresses) {
        for (ServerAddress address : addresses) {
            String hostless = LiteralAddress.hostless(address.host());
            if (hostless != null) {
                throw new IllegalArgumentException(name + ": " + address + " is " + hostless
                        + " (expected: a memcached, by the own address of its host)");
            }
        }
    }

    /** Two copies on one server would be one, to which each write is done twice. */
    private static void requireApart(
            List<ServerAddress> primaries, List<ServerAddress> backups, PlacementRule placement) {
        boolean byRemainder = isByRemainder(primaries, backups, placement);
        var numbers = new HashMap<ServerAddress, Integer>();
        for (int j = 0; j < backups.size(); j++) {
            numbers.put(backups.get(j).place(), j);
        }
        for (int i = 0; i < primaries.size(); i++) {
            Integer j = numbers.get(primaries.get(i).place());
            if (j != null && shareKeys(primaries.size(), i, backups.size(), j, byRemainder)) {
                throw new IllegalArgumentException(
                        "backups: " + backups.get(j) + " is in servers too, and would have both copies"
                                + " of some keys, which are one copy then (expected: other servers than in servers"
                                + (byRemainder
                                        ? ", or the same in another order, so that none has the place it has there)"
                                        : ")"));
            }
        }
    }

    /** Whether there may be a key whose copies these two servers have, by their numbers in their tiers. */
    public boolean shareKeys(int primary, int backup) {
        return shareKeys(
                primaries.size(), primary, backups.size(), backup, isByRemainder(primaries, backups, placement));
    }

    /**
     * A key's hash leaves one remainder for each tier's size: both occur together if they are equal modulo the greatest common
     * divisor. On rings every server shares keys with every other.
     */
    private static boolean shareKeys(int primaries, int primary, int backups, int backup, boolean byRemainder) {
        int divisor =
                BigInteger.valueOf(primaries).gcd(BigInteger.valueOf(backups)).intValue();
        return !byRemainder || (primary - backup) % divisor == 0;
    }

    /** Whether a server's number is what a number of the key leaves, divided by how many servers there are. */
    private static boolean isByRemainder(
            List<ServerAddress> primaries, List<ServerAddress> backups, PlacementRule placement) {
        return switch (placement.distribution()) {
            case MODULO -> true;
            case MODULA, PHP_MEMCACHE_STANDARD -> placement.weighsAlike(primaries) && placement.weighsAlike(backups);
            default -> false;
        };
    }

    /** Whether each key has a second copy. */
    public boolean hasBackupTier() {
        return !backups.isEmpty();
    }
}
