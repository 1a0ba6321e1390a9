package io.mempair.proxy.recovery;

import io.mempair.proxy.replication.Key;
import io.mempair.proxy.replication.Stripes;
import java.util.ArrayDeque;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The keys of a source between the dump and the copy, bounded in bytes. A dump must be read as fast as the server sends
 * it, however slowly keys are copied. So keys that do not fit are dropped, and another walk dumps them again. Keys are
 * grouped by stripe, and whole groups are dropped, the last one first: a walk is complete for the groups from its first
 * up to {@link #end}. Pure; not thread-safe.
 */
final class KeySpool {

    /** Number of groups; power of two. */
    static final int GROUPS = 256;

    private static final int MAX_CHUNK_BYTES = 8 << 10;

    /** The chunks of one group. Each key follows its length in one byte. */
    private static final class KeyGroup {
        private final ArrayDeque<byte[]> chunks = new ArrayDeque<>();
        private int readFrom;
        private int writtenTo;
    }

    private final KeyGroup[] groups = new KeyGroup[GROUPS];
    private final int maxChunks;
    private final int chunkBytes;
    private int chunks;
    private int first;
    private int end;
    private int reading;

    /**
     * Accepts no key before {@link #begin}.
     *
     * @param maxBytes  memory for keys
     */
    KeySpool(int maxBytes) {
        chunkBytes = Math.max(Byte.MAX_VALUE * 2 + 2, Math.min(MAX_CHUNK_BYTES, maxBytes / (2 * GROUPS)));
        maxChunks = Math.max(2, maxBytes / chunkBytes);
        Arrays.setAll(groups, group -> new KeyGroup());
    }

    /** Starts a walk for the groups from {@code group} on. Keys left from an earlier walk are dropped. */
    void begin(int group) {
        for (int i = 0; i < GROUPS; i++) {
            drop(i);
        }
        first = group;
        end = GROUPS;
        reading = group;
    }

    /**
     * Adds a key, if its group belongs to this walk and fits.
     *
     * @return false if even a single group does not fit; then another walk cannot help
     */
    boolean add(Key key) {
        int group = key.stripe() / (Stripes.COUNT / GROUPS);
        if (group < first || group >= end) {
            return true;
        }
        byte[] bytes = key.bytes();
        KeyGroup into = groups[group];
        if (into.chunks.isEmpty() || into.writtenTo + 1 + bytes.length > chunkBytes) {
            makeRoom();
            if (group >= end) {
                return true;
            }
            if (chunks >= maxChunks) {
                return false;
            }
            into.chunks.add(new byte[chunkBytes]);
            into.writtenTo = 0;
            chunks++;
        }
        byte[] chunk = into.chunks.getLast();
        chunk[into.writtenTo] = (byte) bytes.length;
        System.arraycopy(bytes, 0, chunk, into.writtenTo + 1, bytes.length);
        into.writtenTo += 1 + bytes.length;
        return true;
    }

    /** Drops the last groups until a chunk is free. Keeps the first, so that every walk makes progress. */
    private void makeRoom() {
        while (chunks >= maxChunks && end > first + 1) {
            drop(--end);
        }
    }

    private void drop(int group) {
        KeyGroup dropped = groups[group];
        chunks -= dropped.chunks.size();
        dropped.chunks.clear();
        dropped.readFrom = 0;
        dropped.writtenTo = 0;
    }

    /** First group of the next walk; {@link #GROUPS} if this walk dropped none. */
    int end() {
        return end;
    }

    /** Allocated bytes. */
    long bytes() {
        return (long) chunks * chunkBytes;
    }

    /** Removes and returns a key, or returns null if the spool is empty. Call it only after the dump has ended. */
    @Nullable
    Key next() {
        while (reading < end) {
            KeyGroup from = groups[reading];
            byte[] chunk = from.chunks.peek();
            if (chunk == null) {
                reading++;
            } else if (isReadThrough(from, chunk)) {
                from.chunks.remove();
                from.readFrom = 0;
                chunks--;
            } else {
                int length = chunk[from.readFrom] & 0xFF;
                Key key = Key.of(chunk, from.readFrom + 1, length);
                from.readFrom += 1 + length;
                return key;
            }
        }
        return null;
    }

    /** No key is empty, so a length of 0 marks the unused end of a chunk. */
    private boolean isReadThrough(KeyGroup group, byte[] chunk) {
        boolean last = group.chunks.size() == 1;
        int written = last ? group.writtenTo : chunk.length;
        return group.readFrom >= written || chunk[group.readFrom] == 0;
    }
}
