package io.mempair.proxy.refill;

import io.mempair.proxy.backend.ServerConnection;
import io.mempair.proxy.replication.Key;

/** Takes note of keys that one server has and the other lacks. On the loop. */
public interface RefillWish {

    /** Takes none: readers are answered, and nothing is refilled. */
    RefillWish NONE = (key, from, to) -> false;

    /**
     * {@code key} is to be copied, now or later.
     *
     * @return whether it was taken, or had been already
     */
    boolean wanted(Key key, ServerConnection from, ServerConnection to);
}
