package io.mempair.proxy.config;

import java.util.Locale;
import java.util.Optional;

/**
 * How keys are spread over the servers of a tier. All who share the servers must use the same;
 * {@code docs/reference/placement.md} says which client has which.
 */
public enum Distribution {
    /** magent's default: its hash of the key modulo the number of servers. */
    MODULO(Weights.REFUSED),
    /** magent 0.7's ketama, 2,000 points a server on a ring; no other program uses it. */
    MAGENT_KETAMA(Weights.REFUSED),
    /** The hash of the key modulo the sum of weights. */
    MODULA(Weights.TAKEN, HashFunction.ONE_AT_A_TIME),
    /** libketama's ring, as libmemcached and twemproxy have it. */
    LIBKETAMA(Weights.TAKEN, HashFunction.MD5),
    /** libmemcached's consistent distribution without weights. */
    LIBMEMCACHED(Weights.TAKEN, HashFunction.ONE_AT_A_TIME),
    /** The ketama of npm's memcached and hashring. */
    HASHRING(Weights.TAKEN, HashFunction.MD5),
    /** The ketama of spymemcached and moxi. */
    SPYMEMCACHED(Weights.TAKEN, HashFunction.MD5),
    /** The ketama of xmemcached. */
    XMEMCACHED(Weights.TAKEN, HashFunction.MD5),
    /** PECL memcache, consistent. */
    PHP_MEMCACHE(Weights.TAKEN, HashFunction.CRC32A),
    /** PECL memcache, standard. */
    PHP_MEMCACHE_STANDARD(Weights.TAKEN, HashFunction.CRC32A),
    /** pymemcache's HashClient. */
    RENDEZVOUS(Weights.REFUSED),
    /** Dalli. */
    DALLI(Weights.TAKEN),
    /** folsom. */
    FOLSOM(Weights.REFUSED),
    /** mcrouter's default. */
    CH3(Weights.REFUSED),
    /** The default of memcached's own proxy. */
    JUMP(Weights.REFUSED),
    /** The ring of memcached's own proxy. */
    MEMCACHED_RING(Weights.REFUSED, HashFunction.XXH3);

    private enum Weights {
        TAKEN,
        REFUSED
    }

    private final Weights weights;
    private final Optional<HashFunction> usualHash;

    Distribution(Weights weights) {
        this.weights = weights;
        usualHash = Optional.empty();
    }

    Distribution(Weights weights, HashFunction usualHash) {
        this.weights = weights;
        this.usualHash = Optional.of(usualHash);
    }

    /** The hash of keys unless another is chosen; empty where there is no choice. */
    public Optional<HashFunction> usualHash() {
        return usualHash;
    }

    /** Whether servers may weigh differently. */
    public boolean takesWeights() {
        return weights == Weights.TAKEN;
    }

    /** Whether servers have names that are hashed, so that a name decides over what a server gets. */
    public boolean hashesNames() {
        return switch (this) {
            case MODULO, MODULA, PHP_MEMCACHE_STANDARD, CH3, JUMP -> false;
            default -> true;
        };
    }

    /** As it is written in the file. */
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
