package io.mempair.ha.locate;

import io.mempair.proxy.replication.RefillLease;

/** What a server has of a key. */
public sealed interface CopyState {

    /** Seconds left of an item that does not expire. */
    long ENDLESS = -1;

    /**
     * An item.
     *
     * @param valueBytes   of its value
     * @param flags        the client's, an unsigned number
     * @param secondsLeft  until it expires, or {@link #ENDLESS}
     * @param stale        whether it is marked stale
     * @param digest       tells its value from others
     */
    record PresentCopy(long valueBytes, long flags, long secondsLeft, boolean stale, String digest)
            implements CopyState {}

    /**
     * No item that a client would read.
     *
     * @param remark  what is there instead; empty for nothing
     */
    record AbsentCopy(String remark) implements CopyState {}

    /**
     * The server could not be asked.
     *
     * @param reason  for people
     */
    record UnknownCopy(String reason) implements CopyState {}

    /** Nothing is there. */
    CopyState NOTHING = new AbsentCopy("");

    /**
     * What an {@code mg} with the flags {@code s f t c v} has found.
     *
     * @param promised  whether somebody has the right to recache it
     */
    static CopyState found(PresentCopy item, boolean promised) {
        if (RefillLease.is(item.flags(), item.valueBytes())) {
            return new AbsentCopy("the mark of a refill");
        }
        if (item.valueBytes() == 0 && promised && !item.stale()) {
            return new AbsentCopy("a client that asked with N is about to store it");
        }
        return item;
    }
}
