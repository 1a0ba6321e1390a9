package io.mempair.ha.agent;

import io.mempair.ha.election.Election;
import io.mempair.ha.group.Group;
import io.mempair.ha.group.MemberSummary;
import io.mempair.ha.group.OperatorMessage;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Sends a summary of this member to the others once a second, and keeps the last one of each. Written on the agent thread,
 * read by any.
 */
final class SummaryExchange {

    private static final long INTERVAL_NANOS = 1_000_000_000L;

    /** Of a member that was silent so long nothing is shown. */
    private static final long LASTING_NANOS = 10 * INTERVAL_NANOS;

    /** Two nodes and a witness; one more while a node is renamed. */
    private static final int MAX_MEMBERS = 4;

    /** Makes the summary of this member. */
    interface MemberLook {
        /** Does not block. */
        MemberSummary at(long nowNanos, Election election);
    }

    private record HeardSummary(MemberSummary summary, long atNanos) {}

    private final String self;
    private final Group group;
    private final MemberLook look;
    private final HistoryKeeper history;
    private final Map<String, HeardSummary> heard = new ConcurrentHashMap<>();
    private volatile MemberSummary own;
    private long sentNanos;

    /**
     * @param look     looks at this member
     * @param history  compared with that of the others
     */
    SummaryExchange(String self, Group group, MemberLook look, HistoryKeeper history, Election start, long nowNanos) {
        this.self = self;
        this.group = group;
        this.look = look;
        this.history = history;
        this.own = look.at(nowNanos, start);
        this.sentNanos = nowNanos;
    }

    /** After each event of the election. */
    void turnEnded(Election next, long nowNanos) {
        history.turnEnded(next, nowNanos);
        if (nowNanos - sentNanos < INTERVAL_NANOS) {
            return;
        }
        sentNanos = nowNanos;
        own = look.at(nowNanos, next);
        group.send(new OperatorMessage.Summary(self, own, history.digest()));
        heard.values().removeIf(last -> nowNanos - last.atNanos() >= LASTING_NANOS);
    }

    /** A member has sent a summary, or records of its history. */
    void heard(OperatorMessage message, long nowNanos) {
        if (message instanceof OperatorMessage.Past past) {
            history.heard(past);
        } else if (message instanceof OperatorMessage.Summary summary) {
            heard(summary, nowNanos);
            history.compare(summary.history());
        }
    }

    private void heard(OperatorMessage.Summary message, long nowNanos) {
        if (heard.size() < MAX_MEMBERS || heard.containsKey(message.from())) {
            heard.put(message.from(), new HeardSummary(message.summary(), nowNanos));
        }
    }

    /** The last summary of this member. Any thread. */
    MemberSummary own() {
        return own;
    }

    /** The last summary of the member with this name; null if it sent none for ten seconds. Any thread. */
    @Nullable
    MemberSummary of(String name, long nowNanos) {
        HeardSummary last = heard.get(name);
        return last == null || nowNanos - last.atNanos() >= LASTING_NANOS ? null : last.summary();
    }
}
