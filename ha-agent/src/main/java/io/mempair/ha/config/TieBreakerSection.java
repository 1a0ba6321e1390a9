package io.mempair.ha.config;

import io.mempair.ha.config.TieBreakerConfig.Target;
import io.mempair.proxy.config.LiteralAddress;
import java.util.List;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;

/** The key {@code group.tie-breaker}. */
final class TieBreakerSection {

    private TieBreakerSection() {}

    /** {@code none} must stand alone; a missing key means the default. */
    static TieBreakerConfig read(Section section) {
        if (!section.has(ConfigKey.GROUP_TIE_BREAKER.key())) {
            return TieBreakerConfig.AUTOMATIC;
        }
        Node written = section.node(ConfigKey.GROUP_TIE_BREAKER.key());
        if (written instanceof ScalarNode word && word.getValue().equals("none")) {
            return TieBreakerConfig.NONE;
        }
        List<Target> targets = section.list(ConfigKey.GROUP_TIE_BREAKER, TieBreakerConfig::target);
        if (written instanceof SequenceNode list && list.getValue().isEmpty()) {
            section.wrong(ConfigKey.GROUP_TIE_BREAKER, "empty (expected: at least one address, or none)");
        }
        TieBreakerConfig named = section.build(() -> new TieBreakerConfig(false, targets));
        return named == null ? TieBreakerConfig.NONE : named;
    }

    /**
     * Refuses one that always answers, or dies with the other node. Members on one host, as in a trial, have no address that does
     * neither.
     */
    static void check(Section section, GroupConfig channel, TieBreakerConfig tieBreaker) {
        if (LiteralAddress.isLoopback(channel.bind())) {
            return;
        }
        for (Target target : tieBreaker.targets()) {
            String host = hostOf(target);
            String wrong = null;
            if (LiteralAddress.isLoopback(host) || LiteralAddress.isSame(host, channel.bind())) {
                wrong = " is this node's own host, which it reaches whatever happens, so two nodes would be active";
            } else if (channel.peers().stream().anyMatch(peer -> LiteralAddress.isSame(host, peer.host()))) {
                wrong = " is the other node's host, which is silent when this node has to go on alone";
            } else if (LiteralAddress.hostless(host) != null) {
                wrong = " is " + LiteralAddress.hostless(host);
            }
            if (wrong != null) {
                section.wrong(
                        ConfigKey.GROUP_TIE_BREAKER,
                        host + wrong + " (expected: an address that dies with neither node, such as the gateway's)");
            }
        }
    }

    /** As written. */
    static String hostOf(Target target) {
        return target instanceof TieBreakerConfig.Server server
                ? server.address().host()
                : target.toString();
    }
}
