package io.mempair.ha.agent;

import io.mempair.ha.address.VirtualAddress;
import java.util.concurrent.atomic.AtomicInteger;

/** An address in memory. All on the same {@link Segment} see whether two ever held it at once. */
final class FakeAddress implements VirtualAddress {

    /** The network the address floats on. */
    static final class Segment {
        final AtomicInteger holders = new AtomicInteger();
        volatile boolean twice;
    }

    private final Segment segment;
    private volatile AddressListener listener;
    volatile boolean held;
    volatile String refusal;

    FakeAddress(Segment segment) {
        this.segment = segment;
    }

    @Override
    public void start(AddressListener to) {
        listener = to;
    }

    @Override
    public void lease(long untilNanos) {}

    @Override
    public void claim(long epoch, String fence, boolean unhurried) {
        if (refusal != null) {
            listener.failed(epoch, refusal);
            return;
        }
        if (!held) {
            held = true;
            if (segment.holders.incrementAndGet() > 1) {
                segment.twice = true;
            }
        }
        listener.claimed(epoch);
    }

    @Override
    public void announce() {}

    @Override
    public void release(long epoch) {
        drop();
        listener.released(epoch);
    }

    private void drop() {
        if (held) {
            held = false;
            segment.holders.decrementAndGet();
        }
    }

    @Override
    public void close() {
        drop();
    }
}
