package io.mempair.proxy.replication;

/**
 * The mark of a key that is being refilled: an empty item with client flags of its own, put where no item was. What is
 * stored in its place carries its id, so a write or a delete in between, whoever makes it, wins. A reader takes the mark for
 * a miss. It is gone by itself after a few seconds, should the one who put it be gone.
 */
public final class RefillLease {

    /** Client flags of the mark: a client's empty value with just these flags would be taken for one. */
    public static final long FLAGS = 0x6D70_6C65L;

    /** Lifetime of the mark; longer than any copy of one item may take. */
    public static final int SECONDS = 5;

    private RefillLease() {}

    /** Whether an item with these flags and this many bytes is the mark. */
    public static boolean is(long flags, long valueBytes) {
        return valueBytes == 0 && flags == FLAGS;
    }
}
