package io.mempair.ha.group.wire;

import io.mempair.ha.time.Clock;
import java.net.InetAddress;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Logs refused connections: one line per minute for the addresses of peers and one for all others, so that a flood from
 * others does not hide a peer with a wrong key. Any thread.
 */
final class Strangers {

    private static final Logger LOG = LoggerFactory.getLogger(Strangers.class);

    private final Minute peers;
    private final Minute others;
    private final LongAdder count = new LongAdder();

    private final PeerProblems problems;

    Strangers(Clock clock, PeerProblems problems) {
        this.problems = problems;
        this.peers = new Minute(clock);
        this.others = new Minute(clock);
    }

    /**
     * @param isPeer  whether a peer has that address
     * @param why     the reason
     */
    void refused(InetAddress from, boolean isPeer, String why) {
        count.increment();
        if (isPeer) {
            problems.refused(from, why);
        } else {
            problems.refusedStranger(from, why);
        }
        long unsaid = (isPeer ? peers : others).next();
        if (unsaid >= 0) {
            LOG.atWarn()
                    .addKeyValue("client", from.getHostAddress())
                    .addKeyValue("reason", why)
                    .log(
                            "refused a connection to the channel from {}: {}{} event=channel_refused",
                            from.getHostAddress(),
                            why,
                            unsaid == 0 ? "" : "; " + unsaid + " more since the last line");
        }
    }

    /** A connection of a peer was accepted. */
    void accepted(InetAddress from) {
        problems.accepted(from);
    }

    /** Connections refused since the start. */
    double refused() {
        return count.doubleValue();
    }

    /** Allows one line per minute. */
    static final class Minute {

        private static final long PAUSE_NANOS = TimeUnit.MINUTES.toNanos(1);

        private final Clock clock;
        private long lastNanos;
        private boolean had;
        private long skipped;

        Minute(Clock clock) {
            this.clock = clock;
        }

        /** The number of lines skipped since the last one, or -1 to skip this one too. */
        synchronized long next() {
            long nowNanos = clock.nanoTime();
            if (had && nowNanos - lastNanos < PAUSE_NANOS) {
                skipped++;
                return -1;
            }
            long before = skipped;
            skipped = 0;
            had = true;
            lastNanos = nowNanos;
            return before;
        }
    }
}
