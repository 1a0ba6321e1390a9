package io.mempair.proxy.config;

import java.util.Locale;

/** The hash functions of keys that clients and proxies have, by the names libmemcached and twemproxy gave them. */
public enum HashFunction {
    /** libmemcached's default. */
    ONE_AT_A_TIME,
    /** The first four bytes of the digest. */
    MD5,
    /** twemproxy's. */
    CRC16,
    /** Fifteen bits of the checksum. */
    CRC32,
    /** All of it. */
    CRC32A,
    /** Fowler, Noll and Vo. */
    FNV1_32,
    /** The same, mixed first. */
    FNV1A_32,
    /** In 64 bits, of which 32 are kept. */
    FNV1_64,
    /** twemproxy's default. */
    FNV1A_64,
    /** Paul Hsieh's. */
    HSIEH,
    /** The second of its name. */
    MURMUR,
    /** The third, with the seed of libmemcached. */
    MURMUR3,
    /** Bob Jenkins' lookup3. */
    JENKINS,
    /** The hash of a string in Java. */
    JAVA,
    /** The same without its sign. */
    MEMJS,
    /** That of memcached's own proxy, in 64 bits, of which 32 are kept. */
    XXH3;

    /** As it is written in the file. */
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
