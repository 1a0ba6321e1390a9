package io.mempair.ha.agent;

import io.mempair.proxy.warmup.Warmup;

/** A warm-up that is over when it is told so, and remembers what it was told. */
final class FakeWarmup implements Warmup {

    volatile boolean begun;
    volatile boolean ended;

    @Override
    public void begin() {
        begun = true;
        ended = false;
    }

    @Override
    public void end() {
        ended = true;
    }
}
