package io.mempair.proxy.config;

import java.security.cert.X509Certificate;
import java.util.List;

/**
 * Where clients are served by TLS, 1.2 or later.
 *
 * @param addresses          at least one
 * @param identity           what is shown to clients
 * @param clientAuthorities  if there are any, a client must show a certificate that one of them signed
 */
public record TlsListenerConfig(
        List<ServerAddress> addresses, TlsIdentity identity, List<X509Certificate> clientAuthorities) {

    public TlsListenerConfig {
        addresses = List.copyOf(addresses);
        clientAuthorities = List.copyOf(clientAuthorities);
        if (addresses.isEmpty()) {
            throw new IllegalArgumentException("tls-listen: empty (expected: at least one host:port)");
        }
    }
}
