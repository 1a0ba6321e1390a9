package io.mempair.proxy.config;

/**
 * What one client, and all clients together, may use.
 *
 * @param maxClients       simultaneous connections; one more gets memcached's error line and is closed
 * @param maxInFlight      unanswered requests of one client; beyond that the proxy stops reading from it
 * @param maxValueBytes    a longer value is refused here, as memcached refuses it; {@link #LEARNED}: one longer than the
 *                         longest item of any server
 * @param maxUnreadBytes   answers that one client may leave unread before it is closed
 * @param maxBufferedBytes values that are still arriving, per event loop; more are refused with
 *                         {@code SERVER_ERROR out of memory storing object}
 */
public record ClientLimits(
        int maxClients, int maxInFlight, int maxValueBytes, long maxUnreadBytes, long maxBufferedBytes) {

    /** As {@code maxValueBytes}: the servers are asked for their {@code item_size_max}. */
    public static final int LEARNED = Integer.MAX_VALUE;

    /** Bytes of the longest item as long as no server has reported one; memcached's default. */
    public static final int UNKNOWN_ITEM_BYTES = 1 << 20;

    /** magent's 4,096 connections, the servers' longest value; 64 MiB unread, 128 MiB arriving per loop. */
    public static final ClientLimits DEFAULT = new ClientLimits(4_096, 1_024, LEARNED, 64 << 20, 128 << 20);

    private static final long LEAST_UNREAD = 1 << 16;

    /** memcached's own bound of {@code -I}. */
    private static final long MOST_VALUE = 1 << 30;

    public ClientLimits {
        requireRange("max-clients", maxClients, 1, 1_000_000);
        requireRange("max-in-flight", maxInFlight, 1, 65_536);
        if (maxValueBytes != LEARNED) {
            requireMaxValue(maxValueBytes);
        }
        if (maxUnreadBytes < LEAST_UNREAD) {
            throw new IllegalArgumentException("max-unread: " + SizeText.of(maxUnreadBytes) + " (expected: at least "
                    + SizeText.of(LEAST_UNREAD) + ')');
        }
        if (maxValueBytes == LEARNED && maxBufferedBytes < UNKNOWN_ITEM_BYTES) {
            throw new IllegalArgumentException("max-buffered: " + SizeText.of(maxBufferedBytes)
                    + " (expected: at least " + SizeText.of(UNKNOWN_ITEM_BYTES) + ')');
        }
        if (maxValueBytes != LEARNED && maxBufferedBytes < maxValueBytes) {
            throw new IllegalArgumentException(
                    "max-buffered: " + SizeText.of(maxBufferedBytes) + " is less than max-value "
                            + SizeText.of(maxValueBytes) + " (expected: at least " + SizeText.of(maxValueBytes)
                            + "; raise max-buffered, or lower max-value)");
        }
    }

    /**
     * {@code bytes} as a longest value.
     *
     * @throws IllegalArgumentException if it is out of range
     */
    public static int requireMaxValue(long bytes) {
        if (bytes < 1 || bytes > MOST_VALUE) {
            throw new IllegalArgumentException(
                    "max-value: " + SizeText.of(bytes) + " (expected: auto, or 1 to " + SizeText.of(MOST_VALUE) + ')');
        }
        return (int) bytes;
    }

    /** Whether the servers determine how long a value may be. */
    public boolean learnsValueBytes() {
        return maxValueBytes == LEARNED;
    }

    private static void requireRange(String name, long value, long min, long max) {
        if (value < min || value > max) {
            throw new IllegalArgumentException(name + ": " + value + " (expected: " + min + ".." + max + ')');
        }
    }
}
