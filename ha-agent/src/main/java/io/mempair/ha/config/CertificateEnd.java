package io.mempair.ha.config;

import io.mempair.proxy.config.ProxyConfig;
import io.mempair.proxy.config.ServerTlsConfig;
import io.mempair.proxy.config.TlsIdentity;
import io.mempair.proxy.config.TlsListenerConfig;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Until when a certificate of the file is valid.
 *
 * @param key              of the file that has it, as in {@code group.tls-ca}
 * @param subject          whom it is for
 * @param notAfterSeconds  unix time, in seconds
 */
public record CertificateEnd(String key, String subject, long notAfterSeconds) {

    /** Every certificate that a node reads. */
    public static List<CertificateEnd> of(NodeConfig node) {
        List<CertificateEnd> ends = new ArrayList<>(of(node.group()));
        ends.addAll(of(node.proxy()));
        ends.addAll(of(node.admin()));
        return ends;
    }

    /** Every certificate that a witness reads. */
    public static List<CertificateEnd> of(WitnessConfig witness) {
        List<CertificateEnd> ends = new ArrayList<>(of(witness.group()));
        ends.addAll(of(witness.admin()));
        return ends;
    }

    /** Every certificate that a proxy alone reads from its file. */
    public static List<CertificateEnd> of(ProxyFile file) {
        List<CertificateEnd> ends = new ArrayList<>(of(file.proxy()));
        AdminConfig admin = file.admin();
        if (admin != null) {
            ends.addAll(of(admin));
        }
        return ends;
    }

    /** That of the HTTP face. */
    private static List<CertificateEnd> of(AdminConfig admin) {
        return new Ends()
                .with(ConfigKey.ADMIN_TLS_CERTIFICATE, admin.security().identity())
                .all();
    }

    /** Those of the channel between the members. */
    private static List<CertificateEnd> of(GroupConfig group) {
        return group.security() instanceof GroupSecurity.Tls tls
                ? new Ends()
                        .with(ConfigKey.GROUP_TLS_CERTIFICATE, tls.identity())
                        .with(ConfigKey.GROUP_TLS_CA, tls.authorities())
                        .all()
                : List.of();
    }

    /** Those for clients and servers. */
    private static List<CertificateEnd> of(ProxyConfig proxy) {
        Ends ends = new Ends();
        TlsListenerConfig clients = proxy.listeners().tls();
        if (clients != null) {
            ends.with(ConfigKey.TLS_CERTIFICATE, clients.identity())
                    .with(ConfigKey.TLS_CLIENT_CA, clients.clientAuthorities());
        }
        ServerTlsConfig servers = proxy.pool().security().tls();
        if (servers != null) {
            ends.with(ConfigKey.SERVER_TLS_CERTIFICATE, servers.identity())
                    .with(ConfigKey.SERVER_TLS_CA, servers.authorities());
        }
        return ends.all();
    }

    /** Of two with one subject, as while an authority is being renewed, the later one counts. */
    private static final class Ends {

        private final List<CertificateEnd> all = new ArrayList<>();

        Ends with(ConfigKey key, @Nullable TlsIdentity identity) {
            return identity == null ? this : with(key, identity.chain());
        }

        Ends with(ConfigKey key, List<X509Certificate> certificates) {
            for (X509Certificate certificate : certificates) {
                add(new CertificateEnd(
                        key.path(),
                        certificate.getSubjectX500Principal().getName(),
                        certificate.getNotAfter().toInstant().getEpochSecond()));
            }
            return this;
        }

        private void add(CertificateEnd end) {
            boolean hasLater =
                    all.stream().anyMatch(other -> other.isOfSame(end) && other.notAfterSeconds >= end.notAfterSeconds);
            if (!hasLater) {
                all.removeIf(end::isOfSame);
                all.add(end);
            }
        }

        List<CertificateEnd> all() {
            return List.copyOf(all);
        }
    }

    private boolean isOfSame(CertificateEnd other) {
        return key.equals(other.key) && subject.equals(other.subject);
    }
}
