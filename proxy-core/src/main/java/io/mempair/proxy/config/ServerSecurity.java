package io.mempair.proxy.config;

import org.jspecify.annotations.Nullable;

/**
 * How the proxy and the servers of a pool authenticate to each other.
 *
 * @param tls    null for plain TCP
 * @param login  sent first on each connection, memcached's {@code -Y}; null for none
 */
public record ServerSecurity(
        @Nullable ServerTlsConfig tls, @Nullable Login login) {

    /** Plain TCP, no login. */
    public static final ServerSecurity NONE = new ServerSecurity(null, null);
}
