package io.mempair.proxy.config;

import java.security.cert.X509Certificate;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * TLS to the servers, 1.2 or later.
 *
 * @param authorities  who may have signed a server's certificate; empty for those the JVM trusts
 * @param identity     what is shown to servers that ask for a certificate, or null
 * @param verifyName   whether the certificate must be for the host as {@code servers} names it
 */
public record ServerTlsConfig(
        List<X509Certificate> authorities, @Nullable TlsIdentity identity, boolean verifyName) {

    public ServerTlsConfig {
        authorities = List.copyOf(authorities);
    }
}
