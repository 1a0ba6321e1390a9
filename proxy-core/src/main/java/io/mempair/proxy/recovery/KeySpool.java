package io.mempair.proxy.recovery;

import io.mempair.proxy.replication.Key;
import io.mempair.proxy.replication.Stripes;
import java.util.ArrayDeque;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The keys of a server from its walk until they are copied, bounded in bytes. A server that walks through its items must be
 * read as fast as it sends, however slowly keys are copied; so keys that find no room are left out, and the server is walked
 * through again for them. They fall into groups by their stripe, and groups are left out whole, the last first: a walk is
 * complete for the groups from where it began up to {@link #end}. Pure; not thread-safe.
 */
final class KeySpool {

    /** Into so many parts the keys of a server can be split at most. Power of two. */
    static final int GROUPS = 256;

    private static final int MAX_CHUNK_BYTES = 8 << 10;

    /** Pieces of memory with keys, each behind its length in one byte. */
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
     * Has no room for any key before {@link #begin}.
     *
     * @param maxBytes  for keys
     */
    KeySpool(int maxBytes) {
        chunkBytes = Math.max(Byte.MAX_VALUE * 2 + 2, Math.min(MAX_CHUNK_BYTES, maxBytes / (2 * GROUPS)));
        maxChunks = Math.max(2, maxBytes / chunkBytes);
        Arrays.setAll(groups, group -> new KeyGroup());
    }

    /** A walk begins that is for the groups from {@code group} on; whatever is left of an earlier one is forgotten. */
    void begin(int group) {
        for (int i = 0; i < GROUPS; i++) {
            drop(i);
        }
        first = group;
        end = GROUPS;
        reading = group;
    }

    /**
     * Takes a key in, if this walk is for it and there is room.
     *
     * @return false if not even one group has room; then it is of no use to go on
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

    /** Leaves out the last groups until there is room; not the first, without which a walk would be for nothing. */
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

    /** Where the next walk has to begin; {@link #GROUPS} if this one left nothing out. */
    int end() {
        return end;
    }

    /** Memory that is taken. */
    long bytes() {
        return (long) chunks * chunkBytes;
    }

    /** Takes a key out, or returns null if there is none. Only when the walk has ended. */
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

    /** No key is empty, so a length of 0 is the unused end of a piece. */
    private boolean isReadThrough(KeyGroup group, byte[] chunk) {
        boolean last = group.chunks.size() == 1;
        int written = last ? group.writtenTo : chunk.length;
        return group.readFrom >= written || chunk[group.readFrom] == 0;
    }
}
