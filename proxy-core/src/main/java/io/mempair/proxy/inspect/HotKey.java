package io.mempair.proxy.inspect;

import java.util.Arrays;

/**
 * A key of {@link HotKeys}.
 *
 * @param key    not shared with anybody
 * @param count  requests by what was counted, at most so many
 * @param error  by how many the count may be too high
 */
@SuppressWarnings("ArrayRecordComponent") // compared by nobody but equals below
public record HotKey(byte[] key, long count, long error) {

    /** The same key on another loop. */
    HotKey plus(HotKey other) {
        return new HotKey(key, count + other.count, error + other.error);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof HotKey that
                && Arrays.equals(key, that.key)
                && count == that.count
                && error == that.error;
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(key);
    }

    @Override
    public String toString() {
        return KeyText.plain(key, 0, key.length) + ' ' + count + " (-" + error + ')';
    }
}
