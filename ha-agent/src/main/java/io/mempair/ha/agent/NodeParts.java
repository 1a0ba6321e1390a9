package io.mempair.ha.agent;

import io.mempair.ha.address.Guard;
import io.mempair.ha.address.VirtualAddress;
import io.mempair.ha.check.Checks;
import io.mempair.ha.check.Fitness;
import io.mempair.ha.config.NodeConfig;
import io.mempair.ha.config.Profile;
import io.mempair.ha.group.Group;
import io.mempair.ha.group.GroupChannel;
import io.mempair.ha.metrics.PairMeter;
import io.mempair.ha.metrics.PairMetrics;
import io.mempair.ha.time.Clock;
import io.mempair.ha.time.SystemClock;
import java.time.Duration;
import java.util.function.Supplier;

/**
 * What a node is made of besides its proxy; tests put others in.
 *
 * @param address  the floating address
 * @param group    the way to the peer
 * @param checks   what says whether this node is fit, and whether it reaches its tie-breaker
 * @param clock    of the agent's thread
 */
record NodeParts(VirtualAddress address, Group group, Checks checks, Clock clock) {

    /**
     * Those of a host: a guard process, JGroups, the kernel's clock. Their counters go to {@code metrics}.
     *
     * @param loopSilence  how long each event loop of the proxy has not come round, in nanoseconds
     */
    static NodeParts real(NodeConfig config, PairMetrics metrics, Supplier<long[]> loopSilence) {
        Clock clock = new SystemClock();
        Guard guard =
                new Guard(config.virtualAddress(), guardSilence(config.group().profile()), clock);
        GroupChannel channel = new GroupChannel(config.group(), config.name(), clock);
        String path = System.getenv("PATH");
        metrics.with(PairMeter.GUARD_RESTARTS, guard::restarts)
                .with(PairMeter.HEARTBEATS_SENT, channel.counters()::heartbeatsSent)
                .with(PairMeter.HEARTBEATS_RECEIVED, channel.counters()::heartbeatsReceived)
                .with(PairMeter.MESSAGES_IGNORED, channel.counters()::ignored);
        return new NodeParts(guard, channel, new Fitness(config, path == null ? "" : path, loopSilence, clock), clock);
    }

    /** Shorter than the lease, so that a hung node has lost the address before its peer may take it. */
    private static Duration guardSilence(Profile profile) {
        return profile == Profile.FAST ? Duration.ofMillis(250) : Duration.ofMillis(500);
    }
}
