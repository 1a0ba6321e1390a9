package io.mempair.ha.bench;

/** Chooses kind and key of each request; the same seed chooses the same. One thread. */
final class RequestMix {

    private final int keys;
    private final int getPercent;
    private final SplitMix random;

    RequestMix(int keys, int getPercent, long seed) {
        this.keys = keys;
        this.getPercent = getPercent;
        this.random = new SplitMix(seed);
    }

    void choose(Request into) {
        into.set = random.below(100) >= getPercent;
        into.key = random.below(keys);
    }
}
