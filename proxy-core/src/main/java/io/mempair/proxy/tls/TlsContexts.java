package io.mempair.proxy.tls;

import io.mempair.proxy.config.ServerTlsConfig;
import io.mempair.proxy.config.TlsIdentity;
import io.mempair.proxy.config.TlsListenerConfig;
import io.netty.handler.ssl.ClientAuth;
import io.netty.handler.ssl.JdkSslContext;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import java.io.IOException;
import java.net.Socket;
import java.security.cert.X509Certificate;
import java.util.List;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;

/** Creates TLS contexts. Uses the JDK's TLS: no native library, updates come with the JDK. */
public final class TlsContexts {

    /** Milliseconds for one handshake, with a client or a server, until the connection is given up. */
    public static final long HANDSHAKE_MILLIS = 5_000;

    private static final String[] VERSIONS = {"TLSv1.3", "TLSv1.2"};

    /**
     * Clients may not begin another handshake in the middle of a connection, as TLS 1.2 allows: answers would wait for its end,
     * uncounted, and each costs a processor a millisecond. The JDK reads this once.
     */
    private static final String NO_SECOND_HANDSHAKE = "jdk.tls.rejectClientInitiatedRenegotiation";

    static {
        if (System.getProperty(NO_SECOND_HANDSHAKE) == null) {
            System.setProperty(NO_SECOND_HANDSHAKE, "true");
        }
    }

    private TlsContexts() {}

    /**
     * For connections of clients.
     *
     * @throws IllegalArgumentException if the JDK refuses what the record holds
     */
    public static SslContext forClients(TlsListenerConfig config) {
        SslContextBuilder builder =
                SslContextBuilder.forServer(config.identity().key(), chain(config.identity()));
        if (!config.clientAuthorities().isEmpty()) {
            builder.clientAuth(ClientAuth.REQUIRE).trustManager(config.clientAuthorities());
        }
        return build(builder, "tls-certificate");
    }

    /**
     * For connections to servers.
     *
     * @throws IllegalArgumentException if the JDK refuses what the record holds
     */
    public static SslContext forServers(ServerTlsConfig config) {
        // the empty name switches the check off
        SslContextBuilder builder =
                SslContextBuilder.forClient().endpointIdentificationAlgorithm(config.verifyName() ? "HTTPS" : "");
        List<X509Certificate> authorities = config.authorities();
        if (!authorities.isEmpty()) {
            builder.trustManager(authorities);
        }
        TlsIdentity identity = config.identity();
        if (identity != null) {
            builder.keyManager(identity.key(), chain(identity));
        }
        return build(builder, "server-tls");
    }

    /**
     * TLS over a connected socket to a server, for a tool whose thread waits; the handshake comes with the first byte. Closing it
     * closes the socket.
     *
     * @param host  the server as it is named, which its certificate is compared with
     * @throws IllegalArgumentException if the JDK refuses what the record holds
     * @throws IOException              if the socket is not connected any more
     */
    public static SSLSocket overSocket(ServerTlsConfig config, Socket connected, String host, int port)
            throws IOException {
        SSLContext context = ((JdkSslContext) forServers(config)).context();
        SSLSocket tls = (SSLSocket) context.getSocketFactory().createSocket(connected, host, port, true);
        SSLParameters parameters = tls.getSSLParameters();
        parameters.setProtocols(VERSIONS);
        if (config.verifyName()) {
            parameters.setEndpointIdentificationAlgorithm("HTTPS");
        }
        tls.setSSLParameters(parameters);
        return tls;
    }

    private static X509Certificate[] chain(TlsIdentity identity) {
        return identity.chain().toArray(X509Certificate[]::new);
    }

    private static SslContext build(SslContextBuilder builder, String configKey) {
        try {
            return builder.sslProvider(SslProvider.JDK).protocols(VERSIONS).build();
        } catch (SSLException e) {
            throw new IllegalArgumentException(configKey + ": refused by the JDK: " + e.getMessage(), e);
        }
    }
}
