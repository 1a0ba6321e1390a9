package io.mempair.proxy.warmup;

import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The items of a {@link LoopbackServer}: a bounded map that evicts the oldest item. Guarded by its own lock. */
final class Items {

    /** More than there are keys in the warmup requests. */
    private static final int MOST = 1_024;

    /** One item. A lifetime is kept and shown, and never comes to its end. */
    @SuppressWarnings("ArrayRecordComponent") // compared by nobody
    record WarmupItem(byte[] value, long flags, long exptime, long id) {}

    /** How something is stored. */
    enum StoreMode {
        SET,
        ADD,
        REPLACE,
        APPEND,
        PREPEND
    }

    /** What came of it. */
    enum StoreOutcome {
        DONE,
        NOT_STORED,
        EXISTS,
        NOT_FOUND
    }

    private final Map<String, WarmupItem> items = new LinkedHashMap<>() {
        @Override
        protected boolean removeEldestEntry(Map.Entry<String, WarmupItem> eldest) {
            return size() > MOST;
        }
    };

    private long lastId;

    synchronized @Nullable WarmupItem get(String key) {
        return items.get(key);
    }

    /**
     * Stores.
     *
     * @param ifId  only over an item with this cas id; 0 for over any
     * @param ownId  the cas id it gets; 0 for the next one
     */
    synchronized StoreOutcome store(StoreMode mode, String key, WarmupItem given, long ifId, long ownId) {
        WarmupItem old = items.get(key);
        if (ifId != 0 && (old == null || old.id() != ifId)) {
            return old == null ? StoreOutcome.NOT_FOUND : StoreOutcome.EXISTS;
        }
        if (mode == StoreMode.ADD ? old != null : mode != StoreMode.SET && old == null) {
            return StoreOutcome.NOT_STORED;
        }
        byte[] value = switch (mode) {
            case APPEND -> joined(old, given.value());
            case PREPEND -> joined(given, old == null ? new byte[0] : old.value());
            default -> given.value();
        };
        items.put(key, new WarmupItem(value, given.flags(), given.exptime(), ownId == 0 ? ++lastId : ownId));
        return StoreOutcome.DONE;
    }

    private static byte[] joined(@Nullable WarmupItem first, byte[] second) {
        int length = first == null ? 0 : first.value().length;
        byte[] both = new byte[length + second.length];
        if (first != null) {
            System.arraycopy(first.value(), 0, both, 0, length);
        }
        System.arraycopy(second, 0, both, length, second.length);
        return both;
    }

    synchronized StoreOutcome delete(String key, long ifId) {
        WarmupItem old = items.get(key);
        if (old == null) {
            return StoreOutcome.NOT_FOUND;
        }
        if (ifId != 0 && old.id() != ifId) {
            return StoreOutcome.EXISTS;
        }
        items.remove(key);
        return StoreOutcome.DONE;
    }

    /** The item with another lifetime, or null if there is none. */
    synchronized @Nullable WarmupItem touch(String key, long exptime) {
        return items.computeIfPresent(
                key, (same, item) -> new WarmupItem(item.value(), item.flags(), exptime, item.id()));
    }

    /** The item with another number, not below 0; null if there is none. What is no number counts as 0. */
    synchronized @Nullable WarmupItem add(String key, long delta, long ownId) {
        WarmupItem old = items.get(key);
        if (old == null) {
            return null;
        }
        String text = new String(old.value(), StandardCharsets.US_ASCII).strip();
        long number = text.matches("[0-9]{1,18}") ? Long.parseLong(text) : 0;
        byte[] next = String.valueOf(Math.max(0, number + delta)).getBytes(StandardCharsets.US_ASCII);
        WarmupItem changed = new WarmupItem(next, old.flags(), old.exptime(), ownId == 0 ? ++lastId : ownId);
        items.put(key, changed);
        return changed;
    }
}
