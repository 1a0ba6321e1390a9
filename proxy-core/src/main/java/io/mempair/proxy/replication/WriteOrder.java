package io.mempair.proxy.replication;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Which keys have a write in flight whose outcome the primary is still deciding, so that the backup has not heard of it. A
 * later write of such a key must not go to both copies at once: it would reach the backup first, and what follows the earlier
 * one would undo it there. It goes to the primary first too; the primary answers in the order it was asked, so the backup is
 * told in that order.
 *
 * <p>Of one event loop, confined to it: the order among writes of different loops is not kept here.
 */
public final class WriteOrder {

    private final Map<Key, Integer> decided = new HashMap<>();
    private Flush latestFlush = new Flush();

    /** The order of a loop that has done nothing yet. */
    public WriteOrder() {
        latestFlush.toldBackups();
    }

    /** A command to forget everything, which the primaries have heard and the backups are to hear once those have answered. */
    public static final class Flush {

        private final List<Runnable> waiting = new ArrayList<>();
        private boolean told;

        private Flush() {}

        /** Runs {@code task} when the backups were told; at once if they were. */
        public void whenTold(Runnable task) {
            if (told) {
                task.run();
            } else {
                waiting.add(task);
            }
        }

        /** The backups were told: what came after the flush may follow. */
        public void toldBackups() {
            told = true;
            waiting.forEach(Runnable::run);
            waiting.clear();
        }
    }

    /** A key as the servers store it. Owns its bytes. */
    public static final class Key {

        private final byte[] bytes;
        private final int hash;

        private Key(byte[] bytes) {
            this.bytes = bytes;
            this.hash = Arrays.hashCode(bytes);
        }

        /** A copy of {@code bytes[offset, offset + length)}. */
        public static Key of(byte[] bytes, int offset, int length) {
            return new Key(Arrays.copyOfRange(bytes, offset, offset + length));
        }

        @Override
        public boolean equals(Object other) {
            return other instanceof Key key && Arrays.equals(bytes, key.bytes);
        }

        @Override
        public int hashCode() {
            return hash;
        }
    }

    /** Whether a write of {@code key} that goes out now has to go to the primary first. */
    public boolean primaryFirst(Key key) {
        return !latestFlush.told || decided.containsKey(key);
    }

    /** The primary was asked for a write of {@code key}, and the backup was not. */
    public void begin(Key key) {
        decided.merge(key, 1, Integer::sum);
    }

    /** The backup was told what became of a write that {@link #begin began}, or has nothing to be told. */
    public void end(Key key) {
        decided.computeIfPresent(key, (same, count) -> count == 1 ? null : count - 1);
    }

    /** The primaries were told to forget everything, and the backups were not. */
    public Flush beginFlush() {
        latestFlush = new Flush();
        return latestFlush;
    }

    /** The flush after which a write that begins now has its place. */
    public Flush latestFlush() {
        return latestFlush;
    }
}
