package io.mempair.ha.agent;

import io.mempair.proxy.rehearsal.Rehearsal;

/** A rehearsal that is over when it is told so, and remembers what it was told. */
final class FakeRehearsal implements Rehearsal {

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
