package io.mempair.ha.config;

import io.mempair.ha.config.TieBreakerConfig.Target;
import io.mempair.ha.config.VirtualAddressConfig.Cidr;
import io.mempair.ha.config.VirtualAddressConfig.ConflictPolicy;
import io.mempair.proxy.config.PoolConfig;
import io.mempair.proxy.config.ServerAddress;
import io.netty.util.NetUtil;
import java.time.Duration;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;

/** The sections that only a node of the pair has: {@code group} and {@code virtual-address}. */
final class NodeSections {

    /** The middle of the priorities that the nodes of a pair usually have. */
    static final int DEFAULT_PRIORITY = 100;

    /** The kernel's IFNAMSIZ without its NUL; no slash, no colon, no space. */
    private static final Pattern INTERFACE = Pattern.compile("[^\\s/:]{1,15}");

    private NodeSections() {}

    static @Nullable GroupConfig group(Section section, @Nullable VirtualAddressConfig vip) {
        GroupConfig channel = channel(section, vip, "the address of the other node");
        Mode mode = section.optional(ConfigKey.GROUP_MODE, Mode.PAIR, NodeSections::mode);
        int port = channel == null ? GroupConfig.DEFAULT_PORT : channel.port();
        ServerAddress witness = section.has(ConfigKey.GROUP_WITNESS.key())
                ? section.required(ConfigKey.GROUP_WITNESS, "an address", text -> ProxyValues.address(text, port))
                : null;
        TieBreakerConfig tieBreaker = tieBreaker(section);
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
        if (channel.self().equals(witness)) {
            section.wrong(ConfigKey.GROUP_WITNESS, witness + " (expected: a process on a third host)");
        }
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
                        hostOf(target),
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

    /** As written. */
    private static String hostOf(Target target) {
        return target instanceof TieBreakerConfig.Server server
                ? server.address().host()
                : target.toString();
    }

    private static String isVirtual(String address) {
        return address + " is the virtual address too, see " + ConfigKey.ADDRESS.path()
                + ", which moves from host to host";
    }

    /** The part of the section that every member has, with a pair's defaults. */
    static @Nullable GroupConfig channel(Section section, @Nullable VirtualAddressConfig vip, String peersMean) {
        String bind = section.required(ConfigKey.GROUP_BIND, "this node's own address", text -> ownAddress(text, vip));
        int port = section.optional(ConfigKey.GROUP_PORT, GroupConfig.DEFAULT_PORT, ProxyValues::number);
        List<ServerAddress> peers = section.list(
                ConfigKey.GROUP_PEERS, text -> ProxyValues.address(text, Math.min(Math.max(port, 1), 65_535)));
        Profile profile = section.optional(ConfigKey.GROUP_PROFILE, Profile.DEFAULT, NodeSections::profile);
        GroupSecurity security = GroupSecuritySection.read(section);
        if (!section.has(ConfigKey.GROUP_PEERS.key())) {
            section.missing(ConfigKey.GROUP_PEERS.key(), peersMean);
            return null;
        }
        if (bind == null || security == null) {
            return null;
        }
        if (peers.contains(new ServerAddress(bind, port))) {
            section.wrong(ConfigKey.GROUP_PEERS, bind + " is this node itself (expected: " + peersMean + ')');
        }
        return section.build(() -> new GroupConfig(bind, port, peers, profile, security));
    }

    /** {@code none} must stand alone; a missing key means the default. */
    private static TieBreakerConfig tieBreaker(Section section) {
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

    static @Nullable VirtualAddressConfig address(Section section) {
        List<Cidr> addresses = section.list(ConfigKey.ADDRESS, NodeSections::cidr);
        if (!section.has(ConfigKey.ADDRESS.key())) {
            section.missing(ConfigKey.ADDRESS.key(), "address/prefix-length, as in 10.0.0.100/24");
        }
        String interfaceName =
                section.required(ConfigKey.INTERFACE, "a network interface, as in eth0", NodeSections::interfaceName);
        ConflictPolicy conflict = section.optional(ConfigKey.CONFLICT, ConflictPolicy.REFUSE, NodeSections::conflict);
        return !section.has(ConfigKey.ADDRESS.key()) || interfaceName == null
                ? null
                : section.build(() -> new VirtualAddressConfig(addresses, interfaceName, conflict));
    }

    /** Refuses a proxy that would send every request to itself, for ever. */
    static void checkServers(Section proxy, VirtualAddressConfig vip, PoolConfig pool) {
        checkServers(proxy, ConfigKey.SERVERS, vip, pool.primaries());
        checkServers(proxy, ConfigKey.BACKUPS, vip, pool.backups());
    }

    private static void checkServers(
            Section proxy, ConfigKey key, VirtualAddressConfig vip, List<ServerAddress> servers) {
        servers.stream()
                .filter(server -> vip.contains(server.host()))
                .forEach(server -> proxy.wrong(
                        key,
                        server + " is the virtual address, see " + ConfigKey.ADDRESS.path()
                                + ", so this proxy itself (expected: a memcached, by the own address of its host)"));
    }

    /** Refuses the loopback address, which nobody else can reach. */
    static void checkInterface(Section section, VirtualAddressConfig vip, HooksConfig hooks) {
        if (vip.interfaceName().equals("lo") && hooks.address() == HooksConfig.Holder.GUARD) {
            section.wrong(
                    ConfigKey.INTERFACE, "'lo' is this host alone (expected: the interface of the clients' network)");
        }
    }

    private static boolean handover(String text) {
        return switch (text) {
            case "auto" -> true;
            case "off" -> false;
            default -> throw new IllegalArgumentException("'" + text + "' (expected: auto or off)");
        };
    }

    private static ConflictPolicy conflict(String text) {
        return switch (text) {
            case "refuse" -> ConflictPolicy.REFUSE;
            case "warn" -> ConflictPolicy.WARN;
            default -> throw new IllegalArgumentException("'" + text + "' (expected: refuse or warn)");
        };
    }

    private static String ownAddress(String text, @Nullable VirtualAddressConfig vip) {
        boolean literal = NetUtil.isValidIpV4Address(text) || NetUtil.isValidIpV6Address(text);
        if (literal && NetUtil.createInetAddressFromIpAddressString(text).isAnyLocalAddress()) {
            throw new IllegalArgumentException("'" + text
                    + "' is every address (expected: the one address of this host that the other node has in"
                    + " group.peers)");
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

    private static Cidr cidr(String text) {
        int slash = text.indexOf('/');
        String address = slash < 0 ? text : text.substring(0, slash);
        boolean v4 = NetUtil.isValidIpV4Address(address);
        int bits = v4 ? 32 : 128;
        if (slash > 0 && (v4 || NetUtil.isValidIpV6Address(address))) {
            int prefixLength = ProxyValues.number(text.substring(slash + 1));
            if (prefixLength >= 1 && prefixLength <= bits) {
                return hostAddress(new Cidr(address, prefixLength));
            }
        }
        throw new IllegalArgumentException(
                "'" + text + "' (expected: address/prefix-length, as in 10.0.0.100/24; at most /" + bits + ')');
    }

    private static Cidr hostAddress(Cidr cidr) {
        String hostless = cidr.hostless();
        if (hostless != null) {
            throw new IllegalArgumentException(
                    "'" + cidr + "' is " + hostless + " (expected: a free address of the network, for a host)");
        }
        return cidr;
    }

    private static String interfaceName(String text) {
        if (!INTERFACE.matcher(text).matches()) {
            throw new IllegalArgumentException("'" + text + "' (expected: a network interface, as in eth0)");
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
