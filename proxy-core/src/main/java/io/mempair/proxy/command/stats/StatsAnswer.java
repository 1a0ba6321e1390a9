package io.mempair.proxy.command.stats;

import io.mempair.proxy.protocol.Stat;
import java.util.List;

/** The result of a {@code stats} query, independent of the protocol. */
public sealed interface StatsAnswer {

    /** The merged list in output order, without the protocol's end mark. */
    record Listed(List<Stat> stats) implements StatsAnswer {
        public Listed {
            stats = List.copyOf(stats);
        }
    }

    /** Every server has reset its counters. */
    record Reset() implements StatsAnswer {}

    /** memcached has no such argument. */
    record Unknown() implements StatsAnswer {}

    /**
     * The query failed, or makes no sense for several servers.
     *
     * @param line  for the client of the text protocol, without line end
     */
    record Refused(String line) implements StatsAnswer {}
}
