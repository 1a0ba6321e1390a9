package io.mempair.proxy.transfer;

import io.mempair.proxy.refill.KeySync.SyncOutcome;
import java.util.concurrent.atomic.LongAdder;

/** What became of the keys of a rebalance. Any thread. */
public final class TransferCounts {

    private final LongAdder seen = new LongAdder();
    private final LongAdder visited = new LongAdder();
    private final LongAdder copied = new LongAdder();
    private final LongAdder deleted = new LongAdder();
    private final LongAdder unfit = new LongAdder();
    private final LongAdder failed = new LongAdder();

    void seen(long keys) {
        seen.add(keys);
    }

    void ended(SyncOutcome outcome) {
        switch (outcome) {
            case COPIED -> copied.increment();
            case DELETED -> deleted.increment();
            case UNFIT -> unfit.increment();
            case FAILED -> failed.increment();
        }
    }

    /** A walk through all sources begins. */
    void walkBegins() {
        visited.reset();
    }

    void visited() {
        visited.increment();
    }

    /** Keys that the walk of this round has copied. */
    public long visitedKeys() {
        return visited.sum();
    }

    /** Keys listed by sources. */
    public long seen() {
        return seen.sum();
    }

    /** Keys stored on their next server; a key counts each time. */
    public long copied() {
        return copied.sum();
    }

    /** Keys deleted because they were absent at their source, or did not belong there. */
    public long deleted() {
        return deleted.sum();
    }

    /** Keys that their next server cannot store. */
    public long unfit() {
        return unfit.sum();
    }

    /** Attempts without an answer; the key is tried again. */
    public long failed() {
        return failed.sum();
    }
}
