package io.mempair.ha.config;

import io.mempair.proxy.config.TlsIdentity;
import java.security.cert.X509Certificate;
import java.util.List;
import javax.crypto.SecretKey;

/** How the members of a pair authenticate to each other on their channel. */
public sealed interface GroupSecurity {

    /** By their addresses alone; for a network that nobody else can reach. */
    record None() implements GroupSecurity {}

    /**
     * By certificates. Each node presents its own and accepts the other's if an authority of the pair signed it.
     *
     * @param identity     of this node
     * @param authorities  at least one
     */
    record Tls(TlsIdentity identity, List<X509Certificate> authorities) implements GroupSecurity {
        public Tls {
            authorities = List.copyOf(authorities);
            if (authorities.isEmpty()) {
                throw new IllegalArgumentException("tls-ca: no certificate (expected: the authority of the pair)");
            }
        }
    }

    /**
     * By a shared secret.
     *
     * @param key  for HMAC with SHA-256; never shown, not even by {@link #toString}
     */
    record SharedKey(SecretKey key) implements GroupSecurity {
        @Override
        public String toString() {
            return "SharedKey[]";
        }
    }
}
