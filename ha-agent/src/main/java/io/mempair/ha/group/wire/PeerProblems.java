package io.mempair.ha.group.wire;

import io.mempair.ha.time.Clock;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * The last known reason why a peer is not heard: the outcome of connecting to it, and why its connections were refused.
 * Records peers only, so its size is bounded. Any thread.
 */
final class PeerProblems {

    /** Nanoseconds; nodes retry continuously, so older problems are over. */
    private static final long COUNTS_NANOS = Duration.ofSeconds(10).toNanos();

    private static final int TURNED_AWAY_TIMES = 3;

    private record PeerProblem(String text, long atNanos) {}

    private final Clock clock;
    private final Map<InetSocketAddress, PeerProblem> outbound = new ConcurrentHashMap<>();
    private final Map<InetAddress, PeerProblem> inbound = new ConcurrentHashMap<>();
    private final Map<InetSocketAddress, Integer> timesTurnedAway = new ConcurrentHashMap<>();
    private final Map<InetSocketAddress, PeerProblem> turnedAway = new ConcurrentHashMap<>();
    private volatile @Nullable InetAddress stranger;
    private volatile @Nullable PeerProblem ofStranger;

    PeerProblems(Clock clock) {
        this.clock = clock;
    }

    /** Connecting to a peer failed. */
    void failed(InetSocketAddress peer, String why) {
        outbound.put(peer, new PeerProblem(why, clock.nanoTime()));
    }

    /** A connection to a peer was opened and secured. */
    void connected(InetSocketAddress peer) {
        outbound.remove(peer);
    }

    /**
     * A peer closed a connection before it said anything. Two members that connect to each other at once close one of the two
     * connections too, so it counts from the third time in a row; returns whether it does.
     */
    boolean turnedAway(InetSocketAddress peer, String why) {
        boolean counts = timesTurnedAway.merge(peer, 1, Integer::sum) >= TURNED_AWAY_TIMES;
        if (counts) {
            turnedAway.put(peer, new PeerProblem(why, clock.nanoTime()));
        }
        return counts;
    }

    /** A peer was heard. */
    void heard(InetAddress peer) {
        timesTurnedAway.keySet().removeIf(away -> away.getAddress().equals(peer));
        turnedAway.keySet().removeIf(away -> away.getAddress().equals(peer));
    }

    /** A connection from the address of a peer was refused. */
    void refused(InetAddress peer, String why) {
        inbound.put(peer, new PeerProblem("refused a connection from there: " + why, clock.nanoTime()));
    }

    /** A connection from an address that is not a peer's was refused; only the last one is kept. */
    void refusedStranger(InetAddress from, String why) {
        stranger = from;
        ofStranger = new PeerProblem(why, clock.nanoTime());
    }

    /** The last host refused as not a peer, for example a peer with an unknown address; or null. */
    @Nullable
    String stranger() {
        InetAddress from = stranger;
        return from == null || recent(ofStranger) == null ? null : from.getHostAddress();
    }

    /** A connection from the address of a peer was accepted. */
    void accepted(InetAddress peer) {
        inbound.remove(peer);
        heard(peer);
        outbound.keySet().removeIf(failed -> failed.getAddress().equals(peer)); // one connection serves both directions
    }

    /** The recent problem with the link to or from this peer; null if there is none. */
    @Nullable
    String of(InetSocketAddress peer) {
        String refused = recent(inbound.get(peer.getAddress()));
        if (refused != null) {
            return refused;
        }
        String failed = recent(outbound.get(peer));
        return failed == null ? recent(turnedAway.get(peer)) : failed;
    }

    private @Nullable String recent(@Nullable PeerProblem problem) {
        return problem != null && clock.nanoTime() - problem.atNanos() < COUNTS_NANOS ? problem.text() : null;
    }
}
