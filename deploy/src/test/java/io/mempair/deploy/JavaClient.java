package io.mempair.deploy;

import java.util.Collection;
import java.util.Map;

/** What the memcached clients of Java have in common. Any thread may call; what takes too long throws. */
interface JavaClient extends AutoCloseable {

    /** For one answer. */
    long TIMEOUT_MILLIS = 10_000;

    /**
     * A value and its version.
     *
     * @param text  the value, read as UTF-8
     * @param cas   memcached's number of this version
     */
    record Versioned(String text, long cas) {}

    /** The value, or null when there is none. */
    byte[] get(String key) throws Exception;

    /** The values there are. */
    Map<String, byte[]> get(Collection<String> keys) throws Exception;

    Versioned gets(String key) throws Exception;

    boolean set(String key, byte[] value, int exptime) throws Exception;

    boolean add(String key, byte[] value) throws Exception;

    boolean replace(String key, byte[] value) throws Exception;

    boolean append(String key, byte[] value) throws Exception;

    boolean prepend(String key, byte[] value) throws Exception;

    boolean cas(String key, byte[] value, long cas) throws Exception;

    long incr(String key, long delta) throws Exception;

    long decr(String key, long delta) throws Exception;

    boolean touch(String key, int exptime) throws Exception;

    boolean delete(String key) throws Exception;

    void flushAll() throws Exception;
}
