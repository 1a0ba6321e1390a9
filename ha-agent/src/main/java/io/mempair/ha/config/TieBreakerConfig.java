package io.mempair.ha.config;

import io.mempair.proxy.config.ServerAddress;
import io.netty.util.NetUtil;
import java.util.List;

/**
 * What a node of a pair must reach to be active while its peer is silent: any one of these.
 *
 * @param automatic  the default gateway, and the servers that live on neither host, are to be found; {@code targets} is
 *                   empty then
 * @param targets    what the operator named; empty and not automatic: no tie-breaker
 */
public record TieBreakerConfig(boolean automatic, List<Target> targets) {

    /** More would be asked without being any safer. */
    static final int MAX_TARGETS = 16;

    /** What the file means when it says nothing. */
    public static final TieBreakerConfig AUTOMATIC = new TieBreakerConfig(true, List.of());

    /** None: the pair prefers to serve. */
    public static final TieBreakerConfig NONE = new TieBreakerConfig(false, List.of());

    /** One address to be asked. */
    public sealed interface Target {}

    /** The gateway of the IPv4 default route, asked by ICMP echo. */
    public record GatewayTieBreaker() implements Target {
        @Override
        public String toString() {
            return "gateway";
        }
    }

    /**
     * A host, asked by ICMP echo.
     *
     * @param address  IPv4 or IPv6 literal
     */
    public record HostTieBreaker(String address) implements Target {
        @Override
        public String toString() {
            return address;
        }
    }

    /** A TCP port: a connection that succeeds, or is refused, is an answer. */
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
        // a name without a port is refused: with 0 for the missing port the record refuses it
        try {
            return new Server(ServerAddress.parse(text, 0));
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("'" + text + "' (expected: gateway, an address, host:port or none)", e);
        }
    }

    /** As the file could have it. */
    @Override
    public String toString() {
        if (automatic) {
            return "gateway and foreign servers";
        }
        return targets.isEmpty() ? "none" : targets.toString();
    }
}
