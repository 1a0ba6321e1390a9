package io.mempair.proxy.backend;

import io.mempair.proxy.config.Login;
import io.mempair.proxy.config.ServerSecurity;
import io.mempair.proxy.config.ServerTlsConfig;
import io.mempair.proxy.tls.TlsContexts;
import io.netty.handler.ssl.SslContext;
import org.jspecify.annotations.Nullable;

/**
 * Security of a new connection: TLS and login. Immutable; any thread.
 *
 * @param tls    creates the TLS of a connection, or null for plain TCP
 * @param login  sent first, or null if the server asks for none
 */
public record ServerAccess(
        @Nullable SslContext tls, @Nullable Login login) {

    /**
     * As the operator wrote it.
     *
     * @throws IllegalArgumentException if the JDK refuses a certificate or key
     */
    public static ServerAccess of(ServerSecurity security) {
        ServerTlsConfig tls = security.tls();
        return new ServerAccess(tls == null ? null : TlsContexts.forServers(tls), security.login());
    }
}
