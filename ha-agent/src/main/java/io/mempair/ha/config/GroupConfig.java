package io.mempair.ha.config;

import io.mempair.proxy.config.DurationText;
import io.mempair.proxy.config.ServerAddress;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The channel between the members, and the rules by which they choose the active node.
 *
 * @param bind          this member's own address, never the virtual one
 * @param port          TCP port of the channel
 * @param peers         the other node, for a witness both; host and port each
 * @param profile       how fast failures are noticed
 * @param mode          who votes
 * @param witness       where the witness is, in mode {@link Mode#WITNESS} only
 * @param tieBreaker    what a node of a pair must reach to go on alone
 * @param preempt       whether a node takes over from one of lower priority that serves
 * @param preemptDelay  how long it is fit before it does
 * @param handover      whether a node that steps down hands its clients' connections over
 * @param security      how the members know each other
 */
public record GroupConfig(
        String bind,
        int port,
        List<ServerAddress> peers,
        Profile profile,
        Mode mode,
        @Nullable ServerAddress witness,
        TieBreakerConfig tieBreaker,
        boolean preempt,
        Duration preemptDelay,
        boolean handover,
        GroupSecurity security) {

    /** TCP; the usual port of JGroups. */
    public static final int DEFAULT_PORT = 7800;

    static final Duration DEFAULT_PREEMPT_DELAY = Duration.ofSeconds(10);

    private static final Duration LONGEST_PREEMPT_DELAY = Duration.ofMinutes(60);

    public GroupConfig {
        peers = List.copyOf(peers);
        if (peers.isEmpty()) {
            throw new IllegalArgumentException("peers: empty (expected: the address of the other node)");
        }
        if (port < 1 || port > 65_535) {
            throw new IllegalArgumentException("port: " + port + " (expected: 1..65535)");
        }
        if (mode == Mode.PAIR && witness != null) {
            throw new IllegalArgumentException("witness: does nothing in mode pair (expected: with mode: witness)");
        }
        if (mode == Mode.WITNESS && witness == null) {
            throw new IllegalArgumentException("witness: missing (expected: the address of the witness)");
        }
        if (witness != null && peers.contains(witness)) {
            throw new IllegalArgumentException(
                    "witness: " + witness + " is the other node (expected: a process on a third host)");
        }
        requirePreemptDelay(preemptDelay);
    }

    /** A pair with defaults for everything optional. */
    public GroupConfig(String bind, int port, List<ServerAddress> peers, Profile profile) {
        this(bind, port, peers, profile, new GroupSecurity.None());
    }

    /** The same, with a channel {@link GroupSecurity secured} in this way. */
    public GroupConfig(String bind, int port, List<ServerAddress> peers, Profile profile, GroupSecurity security) {
        this(
                bind,
                port,
                peers,
                profile,
                Mode.PAIR,
                null,
                TieBreakerConfig.AUTOMATIC,
                false,
                DEFAULT_PREEMPT_DELAY,
                false,
                security);
    }

    /** The address of this member. */
    public ServerAddress self() {
        return new ServerAddress(bind, port);
    }

    /** Every other member: the peers, and the witness unless this is the witness. */
    public List<ServerAddress> others() {
        return witness == null || witness.equals(self())
                ? peers
                : Stream.concat(peers.stream(), Stream.of(witness)).toList();
    }

    static Duration requirePreemptDelay(Duration delay) {
        if (delay.compareTo(LONGEST_PREEMPT_DELAY) > 0) {
            throw new IllegalArgumentException("preempt-delay: " + DurationText.of(delay) + " (expected: at most "
                    + DurationText.of(LONGEST_PREEMPT_DELAY) + ")");
        }
        return delay;
    }
}
