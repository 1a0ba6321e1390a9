package io.mempair.ha.config;

import io.mempair.proxy.config.ServerAddress;

/** {@code host:port} as operators write it, with the one mistake that would be taken for a host name refused. */
public final class Addresses {

    private Addresses() {}

    /**
     * As {@link ServerAddress#parse}, but a bare number is an error: whoever writes it means a port.
     *
     * @throws IllegalArgumentException saying what was expected
     */
    public static ServerAddress parse(String text, int defaultPort) {
        if (!text.isBlank() && text.chars().allMatch(Character::isDigit)) {
            throw new IllegalArgumentException("'" + text + "' (expected: host, host:port or [ipv6]:port)");
        }
        return ServerAddress.parse(text, defaultPort);
    }
}
