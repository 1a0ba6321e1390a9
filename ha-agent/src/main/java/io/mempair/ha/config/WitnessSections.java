package io.mempair.ha.config;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** The section {@code group} of a witness: keys that only a node has are refused. */
final class WitnessSections {

    private static final List<ConfigKey> ONLY_NODES = List.of(
            ConfigKey.NODE_PRIORITY,
            ConfigKey.NODE_WARMUP,
            ConfigKey.GROUP_MODE,
            ConfigKey.GROUP_WITNESS,
            ConfigKey.GROUP_TIE_BREAKER,
            ConfigKey.GROUP_PREEMPT,
            ConfigKey.GROUP_PREEMPT_DELAY);

    private WitnessSections() {}

    static @Nullable GroupConfig group(Section node, Section group) {
        for (ConfigKey key : ONLY_NODES) {
            Section section = key.section().equals("node") ? node : group;
            if (section.has(key.key())) {
                section.wrong(key, "does nothing in the file of a witness (expected: in those of the nodes only)");
            }
        }
        GroupConfig channel = NodeSections.channel(group, null, "the addresses of both nodes");
        if (channel == null) {
            return null;
        }
        if (channel.peers().size() != 2) {
            group.wrong(
                    ConfigKey.GROUP_PEERS,
                    channel.peers().size() + " (expected: both nodes; a node's file has the sections virtual-address "
                            + "and proxy too)");
        }
        return group.build(() -> new GroupConfig(
                channel.bind(),
                channel.port(),
                channel.peers(),
                channel.profile(),
                Mode.WITNESS,
                channel.self(),
                TieBreakerConfig.NONE,
                false,
                channel.preemptDelay(),
                channel.handover(),
                channel.security()));
    }
}
