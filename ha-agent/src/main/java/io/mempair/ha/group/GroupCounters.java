package io.mempair.ha.group;

import java.util.concurrent.atomic.LongAdder;

/** The counters of the channel. Any thread. */
public final class GroupCounters {

    final LongAdder heartbeatsSent = new LongAdder();
    final LongAdder heartbeatsReceived = new LongAdder();
    final LongAdder ignored = new LongAdder();

    /** Heartbeats handed to the transport, over all peers. */
    public double heartbeatsSent() {
        return heartbeatsSent.doubleValue();
    }

    /** Heartbeats heard. */
    public double heartbeatsReceived() {
        return heartbeatsReceived.doubleValue();
    }

    /** Ignored messages: foreign, or of another version. */
    public double ignored() {
        return ignored.doubleValue();
    }
}
