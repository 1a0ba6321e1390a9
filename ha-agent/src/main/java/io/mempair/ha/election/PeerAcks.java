package io.mempair.ha.election;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Tracks which version of the server state each peer has acknowledged, and which version counts as known. The active
 * node waits for a peer it hears, up to a limit. After that the peer is late, until it acknowledges the newest version.
 * Nobody waits for a witness that a node has outrun; but with a witness, one of the two others must have a version, late
 * or not: {@link StateCatchUp} says why.
 *
 * <p>Pure: times are given. Agent thread.
 */
public final class PeerAcks {

    /** Less than any version. */
    public static final long NOTHING = -1;

    /** A peer that is heard. */
    record HeardPeer(String name, long incarnation, boolean isWitness) {

        /** A peer as the election knows it. */
        static HeardPeer of(Peer peer) {
            return new HeardPeer(peer.name(), peer.incarnation(), peer.isWitness());
        }
    }

    /**
     * The outcome of {@link #settle(Election, long)}.
     *
     * @param known     the newest version that no peer has still to acknowledge, or {@link #NOTHING}
     * @param late      names of peers that are not waited for from now on
     * @param caughtUp  names of peers that were late and are waited for again
     */
    public record Settled(long known, List<String> late, List<String> caughtUp) {
        public Settled {
            late = List.copyOf(late);
            caughtUp = List.copyOf(caughtUp);
        }
    }

    /** One start of one peer. */
    private static final class PeerProgress {
        final long incarnation;
        long acknowledged = NOTHING;
        long behindSinceNanos;
        boolean late;

        PeerProgress(long incarnation, long nowNanos) {
            this.incarnation = incarnation;
            this.behindSinceNanos = nowNanos;
        }
    }

    private final long limitNanos;
    private final boolean witnessed;
    private final Map<String, PeerProgress> peers = new HashMap<>();
    private long epoch;
    private long newest = NOTHING;
    private long newestSinceNanos;
    private boolean unsent;

    /**
     * @param limitNanos  how long a node that is heard is waited for
     * @param witnessed   whether one other member must have a version before it counts as known
     */
    public PeerAcks(long limitNanos, boolean witnessed) {
        this.limitNanos = limitNanos;
        this.witnessed = witnessed;
    }

    /** This version was sent to the peers, maybe again. In another reign nobody has acknowledged anything yet. */
    public void sent(long ofEpoch, long version, long nowNanos) {
        if (ofEpoch != epoch) {
            epoch = ofEpoch;
            newest = NOTHING;
            peers.clear();
        }
        unsent = false;
        if (version > newest) {
            for (PeerProgress peer : peers.values()) {
                if (peer.acknowledged >= newest) {
                    peer.behindSinceNanos = nowNanos;
                }
            }
            newest = version;
            newestSinceNanos = nowNanos;
        }
    }

    /** The newest version could not be sent, because it is too large. Nobody can have it, so a late peer is not waited for. */
    public void notSent() {
        unsent = true;
    }

    /** A peer acknowledges this version. Has no effect for another reign, or for a peer, or a start of it, never heard. */
    public void acknowledged(String name, long incarnation, long ofEpoch, long version) {
        PeerProgress peer = peers.get(name);
        if (peer != null && peer.incarnation == incarnation && ofEpoch == epoch && version > peer.acknowledged) {
            peer.acknowledged = version;
            peer.behindSinceNanos = newestSinceNanos;
        }
    }

    /** Which version the peers know now. None while the node holds no lease: another may serve, so no acknowledgement counts. */
    public Settled settle(Election election, long nowNanos) {
        if (election.leaseRemainingNanos(nowNanos) == 0) {
            return new Settled(NOTHING, List.of(), List.of());
        }
        return settle(
                election.peers().stream()
                        .filter(election::isAlive)
                        .map(HeardPeer::of)
                        .toList(),
                nowNanos);
    }

    /**
     * The newest version that every peer that is heard has acknowledged, also one that is late, or {@link #NOTHING}. For what must
     * not happen before the peer knows of it, however long that takes. Call it after {@link #settle(Election, long)}.
     */
    public long acknowledged(Election election, long nowNanos) {
        if (election.leaseRemainingNanos(nowNanos) == 0) {
            return NOTHING;
        }
        return acknowledged(election.peers().stream()
                .filter(election::isAlive)
                .map(HeardPeer::of)
                .toList());
    }

    /** @param heard  the peers that are not considered lost */
    long acknowledged(Collection<HeardPeer> heard) {
        if (unsent) {
            return NOTHING;
        }
        long by = newest;
        long most = NOTHING;
        for (HeardPeer one : heard) {
            PeerProgress peer = peers.get(one.name());
            long version = peer == null || peer.incarnation != one.incarnation() ? NOTHING : peer.acknowledged;
            most = Math.max(most, version);
            by = one.isWitness() ? by : Math.min(by, version);
        }
        return witnessed ? Math.min(by, most) : by;
    }

    /** @param heard  the peers that are not considered lost */
    Settled settle(Collection<HeardPeer> heard, long nowNanos) {
        List<String> late = new ArrayList<>();
        List<String> caughtUp = new ArrayList<>();
        peers.keySet().retainAll(heard.stream().map(HeardPeer::name).toList());
        long known = newest;
        long most = NOTHING;
        for (HeardPeer one : heard) {
            PeerProgress peer = peers.get(one.name());
            if (peer == null || peer.incarnation != one.incarnation()) {
                peer = new PeerProgress(one.incarnation(), nowNanos);
                peers.put(one.name(), peer);
            }
            most = Math.max(most, peer.acknowledged);
            if (one.isWitness()) {
                continue;
            }
            if (peer.late && peer.acknowledged >= newest) {
                peer.late = false;
                caughtUp.add(one.name());
            } else if (!peer.late && peer.acknowledged < newest && nowNanos - peer.behindSinceNanos >= limitNanos) {
                peer.late = true;
                late.add(one.name());
            }
            known = peer.late ? known : Math.min(known, peer.acknowledged);
        }
        return new Settled(witnessed && !unsent ? Math.min(known, most) : known, late, caughtUp);
    }
}
