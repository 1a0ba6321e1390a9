package io.mempair.proxy.replication;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * The keys that were deleted on a server and are not copied back yet, bounded in number. Beyond the bound they are
 * dropped, and the server may lack any key. Not thread-safe.
 */
final class LackingKeys {

    /** Only a journal far above the default size can hold more. */
    static final int MAX_KEYS = 262_144;

    private final Set<Key> keys = new LinkedHashSet<>();
    private boolean overflown;

    void addAll(List<Key> more) {
        if (overflown) {
            return;
        }
        keys.addAll(more);
        if (keys.size() > MAX_KEYS) {
            keys.clear();
            overflown = true;
        }
    }

    /** Whether there were too many, so that {@link #keys} is not all. */
    boolean isOverflown() {
        return overflown;
    }

    boolean isEmpty() {
        return keys.isEmpty() && !overflown;
    }

    /** Oldest first. */
    List<Key> keys() {
        return List.copyOf(keys);
    }

    /** All are copied back. */
    void clear() {
        keys.clear();
        overflown = false;
    }
}
