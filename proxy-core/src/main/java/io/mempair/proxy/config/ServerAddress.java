package io.mempair.proxy.config;

/**
 * Where a server, or a listener, is: a host name or address, and a TCP port.
 *
 * @param host  name, IPv4 or IPv6 literal without brackets; resolved when a connection is made
 * @param port  1..65535
 */
public record ServerAddress(String host, int port) {

    /** TCP port; where memcached listens unless told otherwise. */
    public static final int MEMCACHED_PORT = 11211;

    public ServerAddress {
        if (host.isBlank() || host.chars().anyMatch(c -> c <= ' ')) {
            throw new IllegalArgumentException("host: '" + host + "' (expected: a name or an address)");
        }
        if (port < 1 || port > 65_535) {
            throw new IllegalArgumentException("port: " + port + " (expected: 1..65535)");
        }
    }

    /**
     * Reads {@code host}, {@code host:port}, {@code [v6]:port} or a bare IPv6 literal.
     *
     * @param text         what the operator wrote
     * @param defaultPort  the port when none is written
     * @throws IllegalArgumentException naming the text and what was expected
     */
    public static ServerAddress parse(String text, int defaultPort) {
        try {
            return split(text.strip(), defaultPort);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("'" + text + "' (expected: host, host:port or [ipv6]:port)", e);
        }
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
                    text.substring(1, close), rest.isEmpty() ? defaultPort : Integer.parseInt(rest.substring(1)));
        }
        int colon = text.indexOf(':');
        if (colon < 0 || colon != text.lastIndexOf(':')) {
            return new ServerAddress(text, defaultPort);
        }
        return new ServerAddress(text.substring(0, colon), Integer.parseInt(text.substring(colon + 1)));
    }

    /** {@code host:port}, with brackets around an IPv6 literal; what {@link #parse} reads back. */
    @Override
    public String toString() {
        return host.indexOf(':') < 0 ? host + ':' + port : '[' + host + "]:" + port;
    }
}
