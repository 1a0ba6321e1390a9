package io.mempair.proxy.replication;

import java.util.LinkedHashSet;
import java.util.Set;

/**
 * The keys whose copy on one server is out of date, bounded in bytes. When the bound is passed the keys are forgotten, and
 * only a flush makes the server right. Not thread-safe.
 */
final class Journal {

    /** Bytes a key takes beside its own: the entry of the set, the objects' headers. */
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

    /** Every key is out of date, or may be. */
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

    /** Takes out the oldest key. */
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
