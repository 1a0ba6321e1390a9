package io.mempair.proxy.rebalance;

import java.util.List;
import java.util.concurrent.atomic.LongAdder;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** How many writes this proxy has sent to each former server, since writes are noted. Any thread. */
public final class SentWrites {

    private final List<LongAdder> counts;

    /** @param servers  how many former servers there are */
    public SentWrites(int servers) {
        this.counts = Stream.generate(LongAdder::new).limit(servers).toList();
    }

    /** A write is about to be sent to that former server; count it before it is sent. */
    public void sending(int server) {
        counts.get(server).increment();
    }

    /** So far, of each. */
    public long[] sums() {
        return IntStream.range(0, counts.size())
                .mapToLong(server -> counts.get(server).sum())
                .toArray();
    }
}
