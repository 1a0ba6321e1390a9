package io.mempair.proxy.config;

import io.netty.util.NetUtil;
import java.util.regex.Pattern;

/**
 * The address of a server or listener: a host name or IP address, and a TCP port.
 *
 * @param host  name, IPv4 or IPv6 literal without brackets; resolved when a connection is made
 * @param port  1..65535
 */
public record ServerAddress(String host, int port) {

    /** TCP port; memcached's default. */
    public static final int MEMCACHED_PORT = 11211;

    /** Digits and dots: no name ends in a number, and the resolver would take a bare number for an address. */
    private static final Pattern NUMBERS = Pattern.compile("[0-9.]+");

    /** Letters of any script, because hosts files have them; the underscore, because containers do. */
    private static final Pattern NAME = Pattern.compile("[\\p{L}\\p{N}_.-]+");

    private static final Pattern WITH_PREFIX = Pattern.compile("[0-9.]+/[0-9]+|[0-9A-Fa-f:.]*:[0-9A-Fa-f:.]*/[0-9]+");

    private static final Pattern WITH_WEIGHT = Pattern.compile("[^:]+:[0-9]+:[0-9.]+");

    public ServerAddress {
        if (host.isBlank() || host.chars().anyMatch(c -> c <= ' ')) {
            throw new IllegalArgumentException("host: '" + host + "' (expected: a name or an address)");
        }
        if (port < 1 || port > 65_535) {
            throw new IllegalArgumentException("port: " + port + " (expected: 1..65535)");
        }
    }

    /**
     * Reads {@code host}, {@code host:port}, {@code [v6]:port} or a bare IPv6 literal. Obvious slips are refused here,
     * because a name is resolved only when a connection is made: a list, a path, {@code host:port:weight}, numbers that are not an
     * IPv4 address.
     *
     * @param text         what the operator wrote
     * @param defaultPort  the port when none is written
     * @throws IllegalArgumentException naming the text and what was expected
     */
    public static ServerAddress parse(String text, int defaultPort) {
        try {
            return split(text.strip(), defaultPort);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(
                    "'" + text + "' (expected: host, host:port or [ipv6]:port" + hint(text.strip()) + ')', e);
        }
    }

    /** What the operator most likely meant, and how to write it. */
    private static String hint(String text) {
        if (text.indexOf(',') >= 0) {
            return "; several are a list: [" + text.replaceAll("\\s*,\\s*", ", ") + ']';
        }
        if (WITH_PREFIX.matcher(text).matches()) {
            return "; a prefix length belongs to virtual-address.address only: " + text.substring(0, text.indexOf('/'));
        }
        if (text.indexOf('/') >= 0) {
            return "; unix sockets are not supported here";
        }
        if (WITH_WEIGHT.matcher(text).matches()) {
            return "; a weight is taken in proxy.servers of a file, with a distribution that has weights";
        }
        if (text.indexOf(':') != text.lastIndexOf(':')) {
            return "; an IPv6 address with a port needs brackets";
        }
        return NUMBERS.matcher(text).lookingAt() ? "; an IPv4 address is four numbers of 0..255" : "";
    }

    private static ServerAddress split(String text, int defaultPort) {
        if (text.startsWith("[")) {
            int close = text.indexOf(']');
            if (close < 0) {
                throw new IllegalArgumentException("missing ]");
            }
            String rest = text.substring(close + 1);
            if (!rest.isEmpty() && !rest.startsWith(":")) {
                throw new IllegalArgumentException("text after ]");
            }
            return new ServerAddress(
                    ipv6(text.substring(1, close)), rest.isEmpty() ? defaultPort : Integer.parseInt(rest.substring(1)));
        }
        int colon = text.indexOf(':');
        if (colon < 0) {
            return new ServerAddress(nameOrIpv4(text), defaultPort);
        }
        if (colon != text.lastIndexOf(':')) {
            return new ServerAddress(ipv6(text), defaultPort);
        }
        return new ServerAddress(nameOrIpv4(text.substring(0, colon)), Integer.parseInt(text.substring(colon + 1)));
    }

    private static String ipv6(String host) {
        if (!NetUtil.isValidIpV6Address(host)) {
            throw new IllegalArgumentException("no IPv6 address");
        }
        return host;
    }

    private static String nameOrIpv4(String host) {
        boolean numbers = NUMBERS.matcher(host).matches();
        if (numbers ? !NetUtil.isValidIpV4Address(host) : !NAME.matcher(host).matches()) {
            throw new IllegalArgumentException("no name and no IPv4 address");
        }
        return host;
    }

    /** Whether the host is an address, whose meaning never changes, rather than a name. */
    public boolean isLiteral() {
        return NetUtil.isValidIpV4Address(host) || NetUtil.isValidIpV6Address(host);
    }

    /** Whether both denote the same place, however written. Names are not resolved here: a name never equals an address. */
    public boolean isSamePlaceAs(ServerAddress other) {
        return port == other.port && LiteralAddress.isSame(host, other.host);
    }

    /** The same for all ways to write it, so that places can be compared by it. */
    public ServerAddress place() {
        return new ServerAddress(LiteralAddress.canonical(host), port);
    }

    /** {@code host:port}, with brackets around an IPv6 literal; what {@link #parse} reads back. */
    @Override
    public String toString() {
        return host.indexOf(':') < 0 ? host + ':' + port : '[' + host + "]:" + port;
    }
}
