package io.mempair.proxy.replication;

/**
 * The mark of a key being refilled: an empty item with reserved client flags, added where no item was. The refill
 * replaces it by cas id, so any write or delete in between wins. Readers treat the mark as a miss. If the refill never
 * finishes, the mark expires after a few seconds.
 */
public final class RefillLease {

    /** Client flags of the mark. An empty value that a client stores with exactly these flags looks like a mark. */
    public static final long FLAGS = 0x6D70_6C65L;

    /** Lifetime of the mark; longer than any copy of one item takes. */
    public static final int SECONDS = 5;

    private RefillLease() {}

    /** Whether an item with these flags and this many bytes is the mark. */
    public static boolean is(long flags, long valueBytes) {
        return valueBytes == 0 && flags == FLAGS;
    }
}
