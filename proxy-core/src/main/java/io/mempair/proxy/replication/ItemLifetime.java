package io.mempair.proxy.replication;

/**
 * Converts the lifetime of an item copied from one server to another. The source reports the seconds left. The target
 * receives the same number; or, because servers read more than 30 days as unix time, the moment by its own clock.
 * Source: memcached doc/protocol.txt, "Expiration times".
 */
public final class ItemLifetime {

    /** The item has expired and must not be copied: an exptime of 0 means for ever. */
    public static final long OVER = -1;

    /** The seconds left that a server reports for an item that never expires. */
    public static final long ENDLESS = -1;

    /** Seconds; servers read a larger exptime as unix time. */
    private static final long MAX_RELATIVE_SECONDS = 30L * 24 * 60 * 60;

    /** The latest expiry servers can represent, in 2038. */
    private static final long LAST_MOMENT_SECONDS = Integer.MAX_VALUE;

    /** The exptime for never. */
    private static final long NEVER = 0;

    private ItemLifetime() {}

    /**
     * The exptime to send to the target.
     *
     * @param remainingSeconds  as the source reports it, or {@link #ENDLESS}
     * @param clockSeconds      the clock of the target, or 0 if unknown: then the item lives 30 days at most
     * @return an exptime, or {@link #OVER}
     */
    public static long exptime(long remainingSeconds, long clockSeconds) {
        if (remainingSeconds == ENDLESS) {
            return NEVER;
        }
        if (remainingSeconds <= 0) {
            return OVER;
        }
        if (remainingSeconds <= MAX_RELATIVE_SECONDS) {
            return remainingSeconds;
        }
        return clockSeconds > 0
                ? Math.min(clockSeconds + remainingSeconds, LAST_MOMENT_SECONDS)
                : MAX_RELATIVE_SECONDS - 1;
    }
}
