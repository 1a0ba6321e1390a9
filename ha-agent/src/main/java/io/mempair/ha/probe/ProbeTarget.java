package io.mempair.ha.probe;

import io.netty.handler.ssl.JdkSslContext;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import io.netty.handler.ssl.util.InsecureTrustManagerFactory;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.time.Duration;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/**
 * Where a probe asks.
 *
 * @param host  a name or an address
 * @param port  TCP port
 * @param tls   whether by TLS. Any certificate will do: a probe tells nothing that anybody may not know, and asks whether there is an
 *     answer, not whose
 */
public record ProbeTarget(String host, int port, boolean tls) {

    /** For a channel of Netty; null without TLS. */
    @Nullable
    SslContext context() {
        return tls ? UnverifiedTls.CONTEXT : null;
    }

    /**
     * A connection, which the caller closes. Blocks.
     *
     * @param timeout  to connect, and for each answer
     */
    Socket connect(Duration timeout) throws IOException {
        Socket socket = new Socket();
        try {
            socket.setTcpNoDelay(true);
            socket.connect(new InetSocketAddress(host, port), (int) timeout.toMillis());
            socket.setSoTimeout((int) timeout.toMillis());
            return tls
                    ? UnverifiedTls.CONTEXT.context().getSocketFactory().createSocket(socket, host, port, true)
                    : socket;
        } catch (IOException e) {
            socket.close();
            throw e;
        }
    }

    @Override
    public String toString() {
        return (host.contains(":") ? '[' + host + ']' : host) + ':' + port;
    }

    /** Made when it is needed first. */
    private static final class UnverifiedTls {

        static final JdkSslContext CONTEXT = make();

        private UnverifiedTls() {}

        private static JdkSslContext make() {
            try {
                return (JdkSslContext) SslContextBuilder.forClient()
                        .sslProvider(SslProvider.JDK)
                        .endpointIdentificationAlgorithm("")
                        .trustManager(InsecureTrustManagerFactory.INSTANCE)
                        .build();
            } catch (SSLException e) {
                throw new IllegalStateException("this Java cannot do TLS: " + e.getMessage(), e);
            }
        }
    }
}
