package io.mempair.ha.bench;

/** Sets every key once, whichever connection has room. */
final class FillFeed implements Feed {

    private final int keys;
    private int next;

    FillFeed(int keys) {
        this.keys = keys;
    }

    @Override
    public boolean next(int connection, long nowNanos, Request into) {
        if (next == keys) {
            return false;
        }
        into.set = true;
        into.key = next++;
        into.intendedNanos = nowNanos;
        return true;
    }
}
