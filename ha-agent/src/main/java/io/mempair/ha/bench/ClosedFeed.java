package io.mempair.ha.bench;

/** The closed loop: a request is due when there is room for it, until the end. */
final class ClosedFeed implements Feed {

    private final RequestMix mix;
    private final long endNanos;

    ClosedFeed(RequestMix mix, long endNanos) {
        this.mix = mix;
        this.endNanos = endNanos;
    }

    @Override
    public boolean next(int connection, long nowNanos, Request into) {
        if (nowNanos - endNanos >= 0) {
            return false;
        }
        mix.choose(into);
        into.intendedNanos = nowNanos;
        return true;
    }
}
