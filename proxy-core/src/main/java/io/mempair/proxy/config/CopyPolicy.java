package io.mempair.proxy.config;

import java.time.Duration;

/**
 * How the two copies of a key are maintained.
 *
 * @param acknowledge          when a write is answered
 * @param hedge                whether a read is also sent to the backup when the primary is slower than its own 99th
 *     percentile; not with {@link Acknowledge#PRIMARY}, where the backup may be behind
 * @param journalBytes         memory for the keys that one unreachable server missed; if they need more, it is flushed on its return
 * @param refillKeysPerSecond  speed of copying all keys to a server that came back empty; 0 leaves it to the reads
 * @param refillFor            the longest time that a returned server is regarded as incomplete
 * @param refillLifetime       lifetime of refilled items whose own is unknown: those of servers without meta commands
 * @param lastCopyWait         how long a request waits for the only server that may have a key's value, before it fails
 */
public record CopyPolicy(
        Acknowledge acknowledge,
        boolean hedge,
        int journalBytes,
        int refillKeysPerSecond,
        Duration refillFor,
        Duration refillLifetime,
        Duration lastCopyWait) {

    /** When a write is answered. */
    public enum Acknowledge {
        /** Once every reachable copy has it. */
        ALL,
        /** Once the copy that decides has it. */
        PRIMARY
    }

    private static final long LEAST_JOURNAL = 1 << 10;
    private static final long MOST_JOURNAL = 1 << 30;

    private static final Duration USUAL_LAST_COPY_WAIT = Duration.ofSeconds(10);

    private static final Duration LONGEST_LAST_COPY_WAIT = Duration.ofMinutes(10);

    /**
     * All copies, no hedging, 16 MiB of keys, refill by reads for a day, an hour where the lifetime is unknown, ten seconds
     * for the last copy.
     */
    public static final CopyPolicy DEFAULT =
            new CopyPolicy(Acknowledge.ALL, false, 16 << 20, 0, Duration.ofDays(1), Duration.ofHours(1));

    /** Waits ten seconds for the last copy. */
    public CopyPolicy(
            Acknowledge acknowledge,
            boolean hedge,
            int journalBytes,
            int refillKeysPerSecond,
            Duration refillFor,
            Duration refillLifetime) {
        this(acknowledge, hedge, journalBytes, refillKeysPerSecond, refillFor, refillLifetime, USUAL_LAST_COPY_WAIT);
    }

    public CopyPolicy {
        if (hedge && acknowledge == Acknowledge.PRIMARY) {
            throw new IllegalArgumentException("hedge: true with acknowledge: primary (expected: acknowledge: all)");
        }
        requireJournal(journalBytes);
        requireWithin("refill-rate", refillKeysPerSecond, 0, 1_000_000);
        requireWithin("refill-for", refillFor);
        requireWithin("refill-lifetime", refillLifetime);
        if (lastCopyWait.toMillis() < 1 || lastCopyWait.compareTo(LONGEST_LAST_COPY_WAIT) > 0) {
            throw new IllegalArgumentException(
                    "last-copy-wait: " + DurationText.of(lastCopyWait) + " (expected: 1 ms to 10 minutes)");
        }
    }

    /** The same with another wait for the last copy. */
    public CopyPolicy waitingForLastCopy(Duration wait) {
        return new CopyPolicy(acknowledge, hedge, journalBytes, refillKeysPerSecond, refillFor, refillLifetime, wait);
    }

    /**
     * {@code bytes} as the memory of one journal.
     *
     * @throws IllegalArgumentException if it is out of range
     */
    public static int requireJournal(long bytes) {
        if (bytes < LEAST_JOURNAL || bytes > MOST_JOURNAL) {
            throw new IllegalArgumentException("journal-bytes: " + SizeText.of(bytes) + " (expected: "
                    + SizeText.of(LEAST_JOURNAL) + " to " + SizeText.of(MOST_JOURNAL) + ')');
        }
        return (int) bytes;
    }

    private static void requireWithin(String name, int value, int least, int most) {
        if (value < least || value > most) {
            throw new IllegalArgumentException(name + ": " + value + " (expected: " + least + " to " + most + ')');
        }
    }

    private static void requireWithin(String name, Duration value) {
        if (value.toSeconds() < 1 || value.compareTo(Duration.ofDays(30)) > 0) {
            throw new IllegalArgumentException(
                    name + ": " + DurationText.of(value) + " (expected: 1 second to 30 days)");
        }
    }
}
