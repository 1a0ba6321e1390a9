package io.mempair.proxy.config;

import io.mempair.proxy.protocol.Command;
import java.net.InetAddress;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Who may be a client, and what clients may ask for.
 *
 * @param idleTimeout      a client that is silent for this long with nothing in flight is closed; zero for never
 * @param refusedCommands  answered with {@code CLIENT_ERROR ... not allowed}
 * @param allowed          networks TCP clients may come from; empty for every network
 * @param users            who may log in, which must come before anything else; null if no login is required
 * @param failedRead       what a read of a key whose servers are down is answered
 */
public record ClientPolicy(
        Duration idleTimeout,
        CommandSet refusedCommands,
        List<ClientNetwork> allowed,
        @Nullable Users users,
        FailedRead failedRead) {

    private static final Duration MIN_IDLE = Duration.ofMillis(100);
    private static final Duration MAX_IDLE = Duration.ofDays(1);

    /** Everybody may connect, do everything, and stay for ever. */
    public static final ClientPolicy OPEN = new ClientPolicy(Duration.ZERO, CommandSet.NONE, List.of(), null);

    public ClientPolicy {
        allowed = List.copyOf(allowed);
        boolean inRange = idleTimeout.compareTo(MIN_IDLE) >= 0 && idleTimeout.compareTo(MAX_IDLE) <= 0;
        if (!idleTimeout.isZero() && !inRange) {
            throw new IllegalArgumentException(
                    "idle-timeout: " + DurationText.of(idleTimeout) + " (expected: 100ms to 1440m)");
        }
        if (refusedCommands.contains(Command.QUIT)) {
            throw new IllegalArgumentException("refused-commands: quit (expected: commands that do something)");
        }
    }

    /** A policy by which a failed read is an error. */
    public ClientPolicy(
            Duration idleTimeout, CommandSet refusedCommands, List<ClientNetwork> allowed, @Nullable Users users) {
        this(idleTimeout, refusedCommands, allowed, users, FailedRead.ERROR);
    }

    /** The same policy with another answer to failed reads. */
    public ClientPolicy with(FailedRead other) {
        return new ClientPolicy(idleTimeout, refusedCommands, allowed, users, other);
    }

    /** Whether a key whose servers do not answer is reported as a miss. */
    public boolean missesFailedReads() {
        return failedRead == FailedRead.MISS;
    }

    /** Whether a client at {@code address} may connect. */
    public boolean allows(InetAddress address) {
        if (allowed.isEmpty()) {
            return true;
        }
        for (ClientNetwork network : allowed) {
            if (network.contains(address)) {
                return true;
            }
        }
        return false;
    }
}
