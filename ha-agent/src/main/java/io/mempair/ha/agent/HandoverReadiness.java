package io.mempair.ha.agent;

import io.mempair.ha.check.HandoverNeeds;
import io.mempair.ha.election.Election;
import io.mempair.ha.election.Event;
import io.mempair.ha.election.Peer;
import io.mempair.ha.group.MemberSummary;
import io.mempair.ha.handover.HandoverAbility;
import io.mempair.ha.handover.HandoverOutlook;
import io.mempair.ha.handover.HandoverOutlook.HandoverPeer;
import io.mempair.ha.time.Timers;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Whether this node can hand connections over and take them: looks at its host at the start and from time to time, tells the
 * election, the peers and, when it changes, the log. Any thread, except where noted.
 */
final class HandoverReadiness implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(HandoverReadiness.class);

    /** A firewall may be switched on at any time; a look costs a socket and two small files. */
    private static final Duration LOOK_AGAIN = Duration.ofSeconds(30);

    private final boolean wanted;
    private final HandoverNeeds needs;
    private final EventQueue events;
    private final Timers timers = new Timers("mempair-handover-look");
    private volatile HandoverAbility ability;
    private volatile @Nullable String whyNot;
    private volatile boolean hostTracks;
    private @Nullable HandoverOutlook told;

    /**
     * @param wanted  whether the operator wants hand-overs
     * @param needs   what the host must allow
     */
    HandoverReadiness(boolean wanted, HandoverNeeds needs, EventQueue events) {
        this.wanted = wanted;
        this.needs = needs;
        this.events = events;
        this.ability = wanted ? HandoverAbility.UNSAID : HandoverAbility.OFF;
    }

    /** Begins to look. */
    void start() {
        if (wanted) {
            timers.every(LOOK_AGAIN, this::look);
        }
    }

    private void look() {
        hostTracks = needs.hostTracks();
        String refusal = needs.refusal();
        HandoverAbility next = refusal == null ? how() : HandoverAbility.IMPOSSIBLE;
        boolean changed = next != ability;
        whyNot = refusal;
        ability = next;
        if (changed) {
            events.put(now -> new Event.HandoverAllowed(now, next.isPossible()));
        }
    }

    private HandoverAbility how() {
        return needs.holdProblem() == null ? HandoverAbility.HOLDING : HandoverAbility.POSSIBLE;
    }

    /** What a peer is answered that asks whether this node takes connections now; null if it does. Opens a socket for a moment. */
    @Nullable
    String refusalToPeer() {
        if (!wanted) {
            return "group.handover is off there";
        }
        hostTracks = needs.hostTracks();
        String why = needs.refusalNow();
        return why == null ? null : "the other node cannot take them: " + why;
    }

    /** Whether this host tracks connections, as of the last look or a peer's last question. */
    boolean hostTracks() {
        return hostTracks;
    }

    /** What the peers are told. */
    HandoverAbility ability() {
        return ability;
    }

    /** For {@code mempair status}: why this host does not let connections be moved, where the operator wants it. */
    List<String> warnings() {
        String why = whyNot;
        return why == null ? List.of() : List.of("connections are not handed over at a planned change: " + why);
    }

    /**
     * Agent thread, after each turn: the log is told what a planned change would do, whenever that has changed. While no
     * peer is heard nothing is said: that is told already.
     *
     * @param summaries  what a member said last, by its name and the time
     */
    void turnEnded(Election next, long nowNanos, BiFunction<String, Long, @Nullable MemberSummary> summaries) {
        HandoverAbility own = ability;
        if (own == HandoverAbility.OFF || own == HandoverAbility.UNSAID) {
            return;
        }
        HandoverPeer peer = next.peers().stream()
                .filter(other -> !other.isWitness() && next.isAlive(other))
                .min(Comparator.comparing(Peer::name))
                .map(other -> peer(other.name(), summaries.apply(other.name(), nowNanos)))
                .orElse(null);
        if (own.isPossible() && peer == null) {
            return;
        }
        HandoverOutlook outlook = HandoverOutlook.of(own, whyNot, peer);
        if (!outlook.equals(told)) {
            told = outlook;
            say(outlook);
        }
    }

    /** Null until it has said something: its first summary comes within a second. */
    private static @Nullable HandoverPeer peer(String name, @Nullable MemberSummary said) {
        return said == null ? null : new HandoverPeer(name, said.handover());
    }

    private static void say(HandoverOutlook outlook) {
        String text = outlook.text();
        if (outlook.possible()) {
            LOG.atInfo().addKeyValue("reason", text).log("hand-over of connections: {} event=handover_possible", text);
        } else {
            LOG.atWarn()
                    .addKeyValue("reason", text)
                    .log("hand-over of connections: {} event=handover_impossible", text);
        }
    }

    @Override
    public void close() {
        timers.close();
    }
}
