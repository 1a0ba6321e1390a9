package io.mempair.proxy.replication;

/**
 * The lifetime of an item on its way from one server to another. A server says how many seconds are left; it is told the
 * same number, or, since more than 30 days are taken for a moment in 1970, the moment by its own clock. Source: memcached
 * doc/protocol.txt, "Expiration times".
 */
public final class ItemLifetime {

    /** Says that the item has no time left and is not to be copied: told to live 0 seconds it would live for ever. */
    public static final long OVER = -1;

    /** What a server says of an item that never expires. */
    public static final long ENDLESS = -1;

    /** Seconds; the longest lifetime that servers take as one. */
    private static final long MAX_RELATIVE_SECONDS = 30L * 24 * 60 * 60;

    /** The last moment servers can tell, in 2038. */
    private static final long LAST_MOMENT_SECONDS = Integer.MAX_VALUE;

    /** What servers take for never. */
    private static final long NEVER = 0;

    private ItemLifetime() {}

    /**
     * What the target is told.
     *
     * @param remainingSeconds  as the source says, or {@link #ENDLESS}
     * @param clockSeconds      the clock of the target, or 0 if it is not known: then the item lives 30 days at most
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
