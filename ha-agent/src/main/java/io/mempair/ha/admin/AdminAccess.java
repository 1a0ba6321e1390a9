package io.mempair.ha.admin;

import io.mempair.ha.config.AdminSecurity;
import io.mempair.proxy.config.ServerAddress;
import io.mempair.proxy.config.TlsIdentity;
import io.mempair.proxy.config.TlsListenerConfig;
import io.mempair.proxy.config.Users;
import io.mempair.proxy.tls.TlsContexts;
import io.netty.handler.ssl.SslContext;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Who may read what at the HTTP face, and by which protocol. Immutable; any thread.
 *
 * @param tls    of connections made from now on, or null for plain HTTP
 * @param users  who may log in, or null if nobody has to
 */
public record AdminAccess(
        @Nullable SslContext tls, @Nullable Users users) {

    /** Plain HTTP for everybody. */
    static final AdminAccess OPEN = new AdminAccess(null, null);

    private static final String SCHEME = "basic ";

    /** RFC 7617: the client is told what to log in to. */
    static final String CHALLENGE = "Basic realm=\"mempair\"";

    /** Only for the record that holds places too; the admin face knows its own. */
    private static final ServerAddress ANYWHERE = new ServerAddress("0.0.0.0", 1);

    /**
     * As the operator wrote it.
     *
     * @throws IllegalArgumentException if the JDK refuses the certificate
     */
    public static AdminAccess of(AdminSecurity security) {
        TlsIdentity identity = security.identity();
        SslContext context = identity == null
                ? null
                : TlsContexts.forClients(new TlsListenerConfig(List.of(ANYWHERE), identity, List.of()));
        return new AdminAccess(context, security.users());
    }

    /**
     * Whether a request may read everything: nobody has to log in, or this one does. Takes as long for a wrong password as for a
     * right one.
     *
     * @param authorization  the header, or null
     */
    boolean admits(@Nullable String authorization) {
        if (users == null) {
            return true;
        }
        if (authorization == null || !authorization.regionMatches(true, 0, SCHEME, 0, SCHEME.length())) {
            return false;
        }
        byte[] pair;
        try {
            pair = Base64.getDecoder()
                    .decode(authorization.substring(SCHEME.length()).strip().getBytes(StandardCharsets.ISO_8859_1));
        } catch (IllegalArgumentException e) {
            return false;
        }
        int colon = 0;
        while (colon < pair.length && pair[colon] != ':') {
            colon++;
        }
        return colon < pair.length
                && users.know(Arrays.copyOf(pair, colon), Arrays.copyOfRange(pair, colon + 1, pair.length));
    }
}
