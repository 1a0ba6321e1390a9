package io.mempair.ha.group;

import io.mempair.ha.history.History;
import io.mempair.ha.history.HistoryRecord;
import java.util.List;

/**
 * What members tell each other for their operators, separate from the {@link io.mempair.ha.election.Message messages} of the
 * election and from {@link ServerStateMessage}: no election is decided by it, and it may be lost. A member of an older version
 * ignores it.
 */
public sealed interface OperatorMessage {

    /** Name of the sender. */
    String from();

    /**
     * How the sender is; once a second.
     *
     * @param from     name of the sender
     * @param summary  of the sender
     * @param history  a number for the records the sender has; who has others tells them
     */
    record Summary(String from, MemberSummary summary, long history) implements OperatorMessage {}

    /**
     * What happened to the sender, or what it heard of others. Sent when it happens, and part by part to a peer that has other
     * records.
     *
     * @param from     name of the sender
     * @param records  at most {@link History#PART}
     */
    record Past(String from, List<HistoryRecord> records) implements OperatorMessage {

        public Past {
            records = List.copyOf(records);
        }
    }

    /**
     * An operator at the sender wants the active node to hand over to it; the active node does what it does when its own
     * operator says so, with the same refusals.
     *
     * @param from  name of the sender
     */
    record HandOverRequest(String from) implements OperatorMessage {}
}
