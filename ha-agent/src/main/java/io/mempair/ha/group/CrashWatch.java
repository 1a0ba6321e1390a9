package io.mempair.ha.group;

import io.mempair.ha.group.Speakers.Speaker;
import io.mempair.ha.time.Clock;
import io.mempair.proxy.config.ServerAddress;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jgroups.Address;
import org.jgroups.View;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks for peers that may have died, and tells which of them are proved dead. There are three hints: a connection
 * was ended by the other end, which is how the death of a process shows first; a member left the view; and a peer missed a
 * heartbeat. A hint is never a proof, whoever caused it: that is {@link CrashProof}'s, and only for a peer that spoke within
 * the lease; of an older one the lease is over anyway. {@link #onView} is called by one thread of the channel at a time,
 * the rest by any.
 */
final class CrashWatch implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(CrashWatch.class);

    /** Told which incarnation of which peer is dead. */
    interface Report {
        void died(String name, long incarnation);
    }

    private final Speakers speakers;
    private final long suspicionNanos;
    private final Duration lease;
    private final Clock clock;
    private final Report report;
    private final CrashProof proof;
    /** Incarnations being asked about, or already reported: no need to ask twice. */
    private final Set<Long> asked = ConcurrentHashMap.newKeySet();

    private volatile @Nullable View view;
    private volatile boolean closed;

    /**
     * @param bind       this node's own address
     * @param heartbeat  time between two heartbeats of a peer
     * @param lease      how long a word of a peer counts
     */
    CrashWatch(Speakers speakers, String bind, Duration heartbeat, Duration lease, Clock clock, Report report) {
        this.speakers = speakers;
        this.suspicionNanos = heartbeat.toNanos() * 3 / 2; // one is overdue; to ask costs a connect
        this.lease = lease;
        this.clock = clock;
        this.report = report;
        this.proof = new CrashProof(bind, clock);
    }

    void onView(View next) {
        View last = view;
        view = next;
        LOG.debug("view {}", next);
        if (last != null) {
            View.leftMembers(last, next).forEach(this::verify);
        }
    }

    /** The member of the view that runs at {@code peer}, or null. */
    @Nullable
    Address memberAt(ServerAddress peer) {
        View last = view;
        for (Address member : last == null ? new Address[0] : last.getMembersRaw()) {
            Speaker speaker = speakers.at(member);
            if (speaker != null && peer.equals(speakers.whereIs(speaker.name()))) {
                return member;
            }
        }
        return null;
    }

    /** Asks after every peer: which of them was at the other end does not matter, the others answer. */
    void onConnectionLost() {
        speakers.all().forEach(this::verify);
    }

    /** Asks after every peer that has missed a heartbeat; to be called several times a heartbeat. */
    void lookForSilence() {
        for (Speaker speaker : speakers.all()) {
            if (clock.nanoTime() - speaker.heardNanos() > suspicionNanos) {
                verify(speaker);
            }
        }
    }

    private void verify(Address lost) {
        Speaker speaker = speakers.at(lost);
        if (speaker != null) {
            verify(speaker);
        }
    }

    /** Each on a thread of its own, because the proof may take a lease and views must go on. */
    private void verify(Speaker speaker) {
        ServerAddress where = speakers.whereIs(speaker.name());
        boolean tooLate = clock.nanoTime() - speaker.heardNanos() > lease.toNanos();
        if (where == null || closed || tooLate || !asked.add(speaker.incarnation())) {
            return;
        }
        Thread thread = new Thread(() -> prove(speaker, where), "mempair-crash-proof");
        thread.setDaemon(true);
        thread.start();
    }

    private void prove(Speaker speaker, ServerAddress where) {
        if (!proof.isDead(where, lease)) {
            asked.remove(speaker.incarnation());
        } else if (!closed) {
            report.died(speaker.name(), speaker.incarnation());
        }
    }

    /** From here nothing is reported; a proof under way ends by itself. */
    @Override
    public void close() {
        closed = true;
    }
}
