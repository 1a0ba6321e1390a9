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
 * Watches for dead peers and reports those proved dead. There are three hints: the peer closed a connection, which is
 * the first sign of a dead process; a member left the view; a peer missed a heartbeat. A hint is never a proof:
 * {@link CrashProof} provides that, and only for a peer heard within the lease; for an older one the lease is over
 * anyway. One channel thread at a time calls {@link #onView}; any thread calls the other methods.
 */
final class CrashWatch implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(CrashWatch.class);

    /** Receives the incarnation of a peer that is dead. */
    interface CrashReport {
        void died(String name, long incarnation);
    }

    private final Speakers speakers;
    private final long suspicionNanos;
    private final Duration lease;
    private final Clock clock;
    private final CrashReport report;
    private final CrashProof proof;
    /** Incarnations being checked or already reported. */
    private final Set<Long> asked = ConcurrentHashMap.newKeySet();

    private volatile @Nullable View view;
    private volatile boolean closed;

    /**
     * @param bind       this node's own address
     * @param heartbeat  time between two heartbeats of a peer
     * @param lease      validity of a peer's message
     */
    CrashWatch(Speakers speakers, String bind, Duration heartbeat, Duration lease, Clock clock, CrashReport report) {
        this.speakers = speakers;
        this.suspicionNanos = heartbeat.toNanos() * 3 / 2; // one is overdue; the check costs one connect
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

    /** Checks every peer: it does not matter which one closed the connection, the others accept. */
    void onConnectionLost() {
        speakers.all().forEach(this::verify);
    }

    /** Checks every peer that has missed a heartbeat; call it several times per heartbeat. */
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

    /**
     * Runs each check on its own thread, because it may take as long as a lease and views must be processed meanwhile.
     */
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

    /** Stops all reports; a check in progress ends by itself. */
    @Override
    public void close() {
        closed = true;
    }
}
