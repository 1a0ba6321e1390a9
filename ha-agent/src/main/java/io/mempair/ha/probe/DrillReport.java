package io.mempair.ha.probe;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a drill showed.
 *
 * @param steps       the changes of the active node, in their order
 * @param writes      what became of the writes meanwhile
 * @param unfinished  why the address is not where it was before; null if it is
 */
public record DrillReport(
        List<Step> steps, WriteSummary writes, @Nullable String unfinished) {

    public DrillReport {
        steps = List.copyOf(steps);
    }

    /**
     * One change.
     *
     * @param what  {@code switchover} or {@code kill -9}
     * @param from  name of the node that was active
     * @param to    name of the node that is active now
     * @param seen  what the probe saw meanwhile
     */
    public record Step(String what, String from, String to, ProbeSummary seen) {

        /** The same, once it is known which node took over. */
        public Step to(String node) {
            return new Step(what, from, node, seen);
        }
    }

    /** Whether the address is where it was, and every acknowledged write was readable. */
    public boolean good() {
        return unfinished == null && writes.lost() == 0;
    }
}
