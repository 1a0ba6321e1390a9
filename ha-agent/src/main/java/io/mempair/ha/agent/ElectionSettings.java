package io.mempair.ha.agent;

import io.mempair.ha.config.GroupConfig;
import io.mempair.ha.config.Mode;
import io.mempair.ha.config.NodeConfig;
import io.mempair.ha.config.Profile;
import io.mempair.ha.config.TieBreakerConfig;
import io.mempair.ha.config.WitnessConfig;
import io.mempair.ha.election.Policy;
import io.mempair.ha.election.Settings;
import java.time.Duration;

/** Converts the configuration to the settings of the election. */
final class ElectionSettings {

    /** Below every node's priority: a witness never outranks a node. */
    private static final int NO_PRIORITY = 0;

    private ElectionSettings() {}

    static Settings of(NodeConfig node, long incarnation) {
        GroupConfig group = node.group();
        boolean witnessed = group.mode() == Mode.WITNESS;
        boolean tieBreaker = !witnessed && !group.tieBreaker().equals(TieBreakerConfig.NONE);
        Policy policy = new Policy(
                false,
                witnessed,
                tieBreaker,
                group.preempt(),
                group.preemptDelay().toNanos());
        long claimNanos = Settings.CLAIM_NANOS + node.hooks().claimLimit().toNanos();
        return settings(node.name(), node.priority(), incarnation, group.profile(), claimNanos, policy);
    }

    static Settings of(WitnessConfig witness, long incarnation) {
        return settings(
                witness.name(),
                NO_PRIORITY,
                incarnation,
                witness.group().profile(),
                Settings.CLAIM_NANOS,
                Policy.WITNESS);
    }

    private static Settings settings(
            String name, int priority, long incarnation, Profile profile, long claimNanos, Policy policy) {
        return new Settings(
                name,
                priority,
                incarnation,
                profile.heartbeat().toNanos(),
                profile.lease().toNanos(),
                initNanos(profile),
                claimNanos,
                policy);
    }

    /**
     * How long a lone node listens at start, so that a peer that starts at the same time is heard despite its slow
     * first seconds.
     */
    private static long initNanos(Profile profile) {
        return (profile == Profile.FAST ? Duration.ofMillis(800) : Duration.ofMillis(1_500)).toNanos();
    }
}
