package io.mempair.proxy.replication;

import java.util.LinkedHashSet;
import java.util.Set;

/**
 * The keys whose copy on one server is out of date, bounded in bytes. Beyond the bound the keys are dropped, and only a
 * flush makes the server consistent. Not thread-safe.
 */
final class Journal {

    /** Bytes per key besides the key itself: the set's entry and object headers. */
    private static final int BYTES_PER_ENTRY = 104;

    private int maxBytes;
    private final Set<Key> keys = new LinkedHashSet<>();
    private long bytes;
    private boolean everything;

    Journal(int maxBytes) {
        this.maxBytes = maxBytes;
    }

    void limit(int bytes) {
        maxBytes = bytes;
    }

    void add(Key key) {
        if (everything || !keys.add(key)) {
            return;
        }
        bytes += key.bytes().length + BYTES_PER_ENTRY;
        if (bytes > maxBytes) {
            addEverything();
        }
    }

    /** Marks every key as out of date. */
    void addEverything() {
        clear();
        everything = true;
    }

    boolean hasEverything() {
        return everything;
    }

    boolean isEmpty() {
        return !everything && keys.isEmpty();
    }

    int size() {
        return keys.size();
    }

    long bytes() {
        return bytes;
    }

    /** Removes and returns the oldest key. */
    Key removeOldest() {
        Key oldest = keys.iterator().next();
        keys.remove(oldest);
        bytes -= oldest.bytes().length + BYTES_PER_ENTRY;
        return oldest;
    }

    void clear() {
        keys.clear();
        bytes = 0;
        everything = false;
    }
}
