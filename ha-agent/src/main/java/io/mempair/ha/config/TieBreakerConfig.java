package io.mempair.ha.config;

import io.mempair.proxy.config.ServerAddress;
import io.netty.util.NetUtil;
import java.util.List;

/**
 * What a node of a pair must reach to be active while its peer is silent; any one of them is enough.
 *
 * @param automatic  the default gateway, and the servers that live on neither host, are to be found; {@code targets} is
 *                   empty then
 * @param targets    what the operator named; empty and not automatic: no tie-breaker
 */
public record TieBreakerConfig(boolean automatic, List<Target> targets) {

    /** Asking more would not be any safer. */
    static final int MAX_TARGETS = 16;

    /** The default. */
    public static final TieBreakerConfig AUTOMATIC = new TieBreakerConfig(true, List.of());

    /** None: the pair prefers to serve. */
    public static final TieBreakerConfig NONE = new TieBreakerConfig(false, List.of());

    /** One address to ask. */
    public sealed interface Target {}

    /** The gateway of the IPv4 default route, probed by ICMP echo. */
    public record GatewayTieBreaker() implements Target {
        @Override
        public String toString() {
            return "gateway";
        }
    }

    /**
     * A host, probed by ICMP echo.
     *
     * @param address  IPv4 or IPv6 literal
     */
    public record HostTieBreaker(String address) implements Target {
        @Override
        public String toString() {
            return address;
        }
    }

    /** A TCP port; a connection that succeeds or is refused counts as an answer. */
    public record Server(ServerAddress address) implements Target {
        @Override
        public String toString() {
            return address.toString();
        }
    }

    public TieBreakerConfig {
        targets = List.copyOf(targets);
        if (targets.size() > MAX_TARGETS) {
            throw new IllegalArgumentException(
                    "tie-breaker: " + targets.size() + " addresses (expected: at most " + MAX_TARGETS + ')');
        }
    }

    static Target target(String text) {
        if (text.equals("gateway")) {
            return new GatewayTieBreaker();
        }
        if (NetUtil.isValidIpV4Address(text) || NetUtil.isValidIpV6Address(text)) {
            return new HostTieBreaker(text);
        }
        // a name without a port is refused: the record rejects the 0 that stands for the missing port
        try {
            return new Server(ServerAddress.parse(text, 0));
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("'" + text + "' (expected: gateway, an address, host:port or none)", e);
        }
    }

    /** In the form the file would have. */
    @Override
    public String toString() {
        if (automatic) {
            return "gateway and foreign servers";
        }
        return targets.isEmpty() ? "none" : targets.toString();
    }
}
