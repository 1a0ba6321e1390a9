package io.mempair.proxy.command.stats;

import io.mempair.proxy.protocol.Stat;
import java.util.List;

/** What comes of a {@code stats} question to the pool, in no protocol yet. */
public sealed interface StatsAnswer {

    /** The merged list, in the order to be sent; the protocol's own end mark follows it. */
    record Listed(List<Stat> stats) implements StatsAnswer {
        public Listed {
            stats = List.copyOf(stats);
        }
    }

    /** Every server has set its counters back. */
    record Reset() implements StatsAnswer {}

    /** memcached knows no such argument. */
    record Unknown() implements StatsAnswer {}

    /**
     * It cannot be answered, or not for several servers.
     *
     * @param line  for the client of the text protocol, without line end
     */
    record Refused(String line) implements StatsAnswer {}
}
