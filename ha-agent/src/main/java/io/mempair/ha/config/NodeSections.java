package io.mempair.ha.config;

import io.mempair.ha.config.TieBreakerConfig.Target;
import io.mempair.proxy.config.LiteralAddress;
import io.mempair.proxy.config.ServerAddress;
import io.netty.util.NetUtil;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The section {@code group} of a node, and what of it a witness has too. */
final class NodeSections {

    /** The middle of the priorities that the nodes of a pair usually have. */
    static final int DEFAULT_PRIORITY = 100;

    private NodeSections() {}

    static @Nullable GroupConfig group(Section section, @Nullable VirtualAddressConfig vip) {
        GroupConfig channel = channel(section, vip, "the address of the other node");
        Mode mode = section.optional(ConfigKey.GROUP_MODE, Mode.PAIR, NodeSections::mode);
        int port = channel == null ? GroupConfig.DEFAULT_PORT : channel.port();
        ServerAddress witness = section.has(ConfigKey.GROUP_WITNESS.key())
                ? section.required(ConfigKey.GROUP_WITNESS, "an address", text -> member(text, port))
                : null;
        TieBreakerConfig tieBreaker = TieBreakerSection.read(section);
        boolean preempt = section.optional(ConfigKey.GROUP_PREEMPT, false, ProxyValues::flag);
        Duration preemptDelay = section.optional(
                ConfigKey.GROUP_PREEMPT_DELAY,
                GroupConfig.DEFAULT_PREEMPT_DELAY,
                text -> GroupConfig.requirePreemptDelay(Quantity.duration(text)));
        if (!section.has(ConfigKey.GROUP_PREEMPT.key())) {
            ListenSection.needs(section, ConfigKey.GROUP_PREEMPT_DELAY, ConfigKey.GROUP_PREEMPT);
        }
        if (mode == Mode.WITNESS && section.has(ConfigKey.GROUP_TIE_BREAKER.key())) {
            section.wrong(
                    ConfigKey.GROUP_TIE_BREAKER,
                    "does nothing in mode witness (expected: with mode: pair, or left out)");
        }
        boolean handover = section.optional(ConfigKey.GROUP_HANDOVER, false, NodeSections::handover);
        if (channel == null) {
            return null;
        }
        if (channel.peers().size() > 1) {
            section.wrong(
                    ConfigKey.GROUP_PEERS,
                    channel.peers().size()
                            + " addresses (expected: one, the other node's; a witness is group.witness)");
        }
        if (witness != null && channel.self().isSamePlaceAs(witness)) {
            section.wrong(ConfigKey.GROUP_WITNESS, witness + " (expected: a process on a third host)");
        }
        TieBreakerSection.check(section, channel, tieBreaker);
        if (vip != null) {
            if (witness != null) {
                mayNotBeVirtual(
                        section, ConfigKey.GROUP_WITNESS, vip, witness.host(), "the own address of a third host");
            }
            for (ServerAddress peer : channel.peers()) {
                mayNotBeVirtual(section, ConfigKey.GROUP_PEERS, vip, peer.host(), "the other node's own address");
            }
            for (Target target : tieBreaker.targets()) {
                mayNotBeVirtual(
                        section,
                        ConfigKey.GROUP_TIE_BREAKER,
                        vip,
                        TieBreakerSection.hostOf(target),
                        "an address that neither node can have, as the gateway's");
            }
        }
        return section.build(() -> new GroupConfig(
                channel.bind(),
                channel.port(),
                channel.peers(),
                channel.profile(),
                mode,
                witness,
                tieBreaker,
                preempt,
                preemptDelay,
                handover,
                channel.security()));
    }

    /** What moves between the hosts is no place to find one of them. */
    private static void mayNotBeVirtual(
            Section section, ConfigKey key, VirtualAddressConfig vip, String host, String expected) {
        if (vip.contains(host)) {
            section.wrong(key, isVirtual(host) + " (expected: " + expected + ')');
        }
    }

    /** A host of another member; not of this one, unless all are on one host. */
    private static ServerAddress member(String text, int port) {
        ServerAddress address = ProxyValues.address(text, port);
        String hostless = LiteralAddress.hostless(address.host());
        if (hostless != null) {
            throw new IllegalArgumentException(
                    address.host() + " is " + hostless + " (expected: the own address of another host)");
        }
        return address;
    }

    private static String isVirtual(String address) {
        return address + " is the virtual address too, see " + ConfigKey.ADDRESS.path()
                + ", which moves from host to host";
    }

    /** The part of the section that every member has, with a pair's defaults. */
    static @Nullable GroupConfig channel(Section section, @Nullable VirtualAddressConfig vip, String peersMean) {
        String bind = section.required(ConfigKey.GROUP_BIND, "this node's own address", text -> ownAddress(text, vip));
        int port = section.optional(ConfigKey.GROUP_PORT, GroupConfig.DEFAULT_PORT, ProxyValues::port);
        List<ServerAddress> peers = section.list(ConfigKey.GROUP_PEERS, text -> member(text, port));
        Profile profile = section.optional(ConfigKey.GROUP_PROFILE, Profile.DEFAULT, NodeSections::profile);
        GroupSecurity security = GroupSecuritySection.read(section);
        if (!section.has(ConfigKey.GROUP_PEERS.key())) {
            section.missing(ConfigKey.GROUP_PEERS.key(), peersMean);
            return null;
        }
        if (bind == null || security == null) {
            return null;
        }
        ServerAddress self = new ServerAddress(bind, port);
        boolean onOneHost = LiteralAddress.isLoopback(bind);
        for (ServerAddress peer : peers) {
            if (peer.isSamePlaceAs(self)) {
                section.wrong(ConfigKey.GROUP_PEERS, bind + " is this node itself (expected: " + peersMean + ')');
            } else if (!onOneHost && LiteralAddress.isLoopback(peer.host())) {
                section.wrong(
                        ConfigKey.GROUP_PEERS,
                        peer.host() + " is this node's own host (expected: " + peersMean
                                + "; members that are all on one host have a loopback address as group.bind too)");
            }
        }
        return section.build(() -> new GroupConfig(bind, port, peers, profile, security));
    }

    private static boolean handover(String text) {
        return switch (text) {
            case "auto" -> true;
            case "off" -> false;
            default -> throw new IllegalArgumentException("'" + text + "' (expected: auto or off)");
        };
    }

    private static String ownAddress(String text, @Nullable VirtualAddressConfig vip) {
        boolean literal = NetUtil.isValidIpV4Address(text) || NetUtil.isValidIpV6Address(text);
        if (text.indexOf('%') >= 0) {
            throw new IllegalArgumentException(
                    "'" + text + "' has a scope (expected: an address of this host without one,"
                            + " as the global or unique local one, or that of IPv4)");
        }
        String hostless = literal ? LiteralAddress.hostless(text) : null;
        if (hostless != null) {
            throw new IllegalArgumentException("'" + text + "' is " + hostless
                    + " (expected: the one address of this host that the other node has in group.peers)");
        }
        if (!literal) {
            int slash = text.indexOf('/');
            String plain = slash < 0 ? text : text.substring(0, slash);
            boolean hasPrefix = slash > 0 && (NetUtil.isValidIpV4Address(plain) || NetUtil.isValidIpV6Address(plain));
            throw new IllegalArgumentException("'" + text + "' (expected: an address of this host, not the virtual one"
                    + (hasPrefix ? "; without a prefix length: " + plain : "; no name")
                    + ')');
        }
        if (vip != null && vip.contains(text)) {
            throw new IllegalArgumentException(isVirtual(text)
                    + " (expected: an address that this host always has, or another virtual-address.address that no"
                    + " host has)");
        }
        return text;
    }

    private static Mode mode(String text) {
        return switch (text) {
            case "pair" -> Mode.PAIR;
            case "witness" -> Mode.WITNESS;
            default -> throw new IllegalArgumentException("'" + text + "' (expected: pair or witness)");
        };
    }

    private static Profile profile(String text) {
        return switch (text) {
            case "default" -> Profile.DEFAULT;
            case "fast" -> Profile.FAST;
            default -> throw new IllegalArgumentException("'" + text + "' (expected: default or fast)");
        };
    }
}
