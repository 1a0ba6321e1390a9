package io.mempair.proxy.metrics;

import java.util.concurrent.atomic.AtomicLongArray;

/**
 * The counters of one event loop. Only its loop writes; any thread may read and sees a value that is a
 * moment old at most. Counting is a load, an add and a plain store: no lock prefix, no shared line.
 */
@SuppressWarnings("EnumOrdinal") // indexes live in this object only and are never stored or sent
public final class LoopCounters {

    private final AtomicLongArray values = new AtomicLongArray(ProxyMeter.values().length);

    /** Counts one; from the loop only. */
    public void count(ProxyMeter meter) {
        count(meter, 1);
    }

    /** Counts {@code amount}; from the loop only. */
    public void count(ProxyMeter meter, long amount) {
        int index = meter.ordinal();
        values.lazySet(index, values.getPlain(index) + amount);
    }

    /** The count so far; any thread. */
    public long value(ProxyMeter meter) {
        return values.get(meter.ordinal());
    }
}
