package io.mempair.proxy.backend;

import io.mempair.proxy.config.Login;
import io.mempair.proxy.config.ServerSecurity;
import io.mempair.proxy.config.ServerTlsConfig;
import io.mempair.proxy.tls.TlsContexts;
import io.netty.handler.ssl.SslContext;
import org.jspecify.annotations.Nullable;

/**
 * How a new connection is made: TLS, login, and the address it comes from. Immutable; any thread.
 *
 * @param tls     creates the TLS of a connection, or null for plain TCP
 * @param login   sent first, or null if the server asks for none
 * @param source  chooses the address of this host that it comes from
 */
public record ServerAccess(
        @Nullable SslContext tls, @Nullable Login login, SourceAddress source) {

    /** Of a host that keeps its addresses. */
    public ServerAccess(@Nullable SslContext tls, @Nullable Login login) {
        this(tls, login, SourceAddress.ANY);
    }

    /**
     * As the operator wrote it.
     *
     * @throws IllegalArgumentException if the JDK refuses a certificate or key
     */
    public static ServerAccess of(ServerSecurity security, SourceAddress source) {
        ServerTlsConfig tls = security.tls();
        return new ServerAccess(tls == null ? null : TlsContexts.forServers(tls), security.login(), source);
    }
}
