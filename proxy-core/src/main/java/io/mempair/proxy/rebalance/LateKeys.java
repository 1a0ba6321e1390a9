package io.mempair.proxy.rebalance;

import io.mempair.proxy.replication.Key;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The moving keys whose copy may be out of date. A key is <em>late</em> once a write of it has ended: its copy is made
 * anew. It is <em>doubtful</em> while a server may still carry out a write that nobody waits for any more: it turns late when that is
 * over. Bounded in bytes: beyond the bound every key is dropped, and only a new walk through the servers helps.
 * Any thread.
 */
public final class LateKeys {

    /** Bytes of a key besides the key itself: the set's entry and object headers. */
    private static final int BYTES_PER_ENTRY = 104;

    private final int maxBytes;
    private final Set<Key> late = new LinkedHashSet<>();

    /** With the number of the last unanswered write. */
    private final Map<Key, Long> doubtful = new HashMap<>();

    private long unanswered;
    private long bytes;
    private boolean overflowed;
    private boolean flushed;
    private long flushedNanos;

    /** @param maxBytes  of all keys together, positive */
    public LateKeys(int maxBytes) {
        this.maxBytes = maxBytes;
    }

    /** A write of the key has ended; call it before anybody learns of its outcome. */
    public synchronized void written(Key key) {
        if (!overflowed && late.add(key)) {
            grow(key);
        }
    }

    /** A write of the key got no answer: a server may carry it out at any time until the connection is drained. */
    public synchronized void unanswered(Key key) {
        written(key);
        if (!overflowed && doubtful.put(key, ++unanswered) == null) {
            grow(key);
        }
    }

    private void grow(Key key) {
        bytes += bytesOf(key);
        if (bytes > maxBytes) {
            clear();
            overflowed = true;
        }
    }

    private static int bytesOf(Key key) {
        return key.bytes().length + BYTES_PER_ENTRY;
    }

    private void clear() {
        late.clear();
        doubtful.clear();
        bytes = 0;
    }

    /** Removes and returns the oldest late key, or null if there is none. Its copy must begin after this call. */
    public synchronized @Nullable Key next() {
        if (late.isEmpty()) {
            return null;
        }
        Key oldest = late.iterator().next();
        late.remove(oldest);
        bytes -= bytesOf(oldest);
        return oldest;
    }

    /** The doubtful keys of this moment, each with the number of its last unanswered write. */
    public synchronized Map<Key, Long> doubts() {
        return Map.copyOf(doubtful);
    }

    /**
     * No server can carry out these unanswered writes any more: their keys are late. A key with a later unanswered write stays
     * doubtful.
     */
    public synchronized void drained(Map<Key, Long> doubts) {
        doubts.forEach((key, number) -> {
            if (doubtful.remove(key, number)) {
                bytes -= bytesOf(key);
                written(key);
            }
        });
    }

    /** The sources are being flushed: no copy made so far counts. */
    public synchronized void flushed(long nowNanos) {
        clear();
        overflowed = true;
        flushed = true;
        flushedNanos = nowNanos;
    }

    /** Whether there was no flush of the sources, or the last one is that long ago. */
    public synchronized boolean isFlushOver(long nowNanos, long pauseNanos) {
        return !flushed || nowNanos - flushedNanos > pauseNanos;
    }

    /** Forgets everything: a walk through the servers is about to begin. */
    public synchronized void restart() {
        clear();
        overflowed = false;
    }

    /** Whether keys were dropped, or the sources flushed, since the last {@link #restart}. */
    public synchronized boolean hasOverflowed() {
        return overflowed;
    }

    /** Late keys. */
    public synchronized int size() {
        return late.size();
    }

    /** Doubtful keys. */
    public synchronized int doubtfulCount() {
        return doubtful.size();
    }
}
