package io.mempair.ha.group;

import io.mempair.ha.group.Speakers.Speaker;
import io.mempair.ha.time.Clock;
import io.mempair.proxy.config.ServerAddress;
import java.time.Duration;
import org.jgroups.Address;
import org.jgroups.View;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Watches views for members that left, and tells which of them are proved dead. A view is a hint, never a proof:
 * the proof is {@link CrashProof}'s, and only for a peer that spoke within the lease; of an older one the lease is
 * over anyway. {@link #onView} is called by one thread of the channel at a time, the rest by any.
 */
final class CrashWatch implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(CrashWatch.class);

    /** Told which incarnation of which peer is dead. */
    interface Report {
        void died(String name, long incarnation);
    }

    private final Speakers speakers;
    private final Duration lease;
    private final Clock clock;
    private final Report report;
    private final CrashProof proof;
    private volatile @Nullable View view;
    private volatile boolean closed;

    CrashWatch(Speakers speakers, Duration lease, Clock clock, Report report) {
        this.speakers = speakers;
        this.lease = lease;
        this.clock = clock;
        this.report = report;
        this.proof = new CrashProof(clock);
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

    /** Each on a thread of its own, because the proof may take a lease and views must go on. */
    private void verify(Address lost) {
        Speaker speaker = speakers.at(lost);
        ServerAddress where = speaker == null ? null : speakers.whereIs(speaker.name());
        if (speaker == null || where == null || closed) {
            return;
        }
        if (clock.nanoTime() - speaker.heardNanos() > lease.toNanos()) {
            return;
        }
        Thread thread = new Thread(
                () -> {
                    if (proof.isDead(where, lease) && !closed) {
                        report.died(speaker.name(), speaker.incarnation());
                    }
                },
                "mempair-crash-proof");
        thread.setDaemon(true);
        thread.start();
    }

    /** From here nothing is reported; a proof under way ends by itself. */
    @Override
    public void close() {
        closed = true;
    }
}
