package io.mempair.ha.config;

import io.mempair.proxy.config.ClientNetwork;
import io.mempair.proxy.config.ClientPolicy;
import io.mempair.proxy.config.CommandSet;
import io.mempair.proxy.config.FailedRead;
import io.mempair.proxy.config.Login;
import io.mempair.proxy.config.ServerSecurity;
import io.mempair.proxy.config.ServerTlsConfig;
import io.mempair.proxy.config.TlsIdentity;
import io.mempair.proxy.config.Users;
import io.mempair.proxy.protocol.Command;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The part of {@code proxy} that says who may request what, and how the proxy authenticates to the servers. */
final class SecuritySection {

    private SecuritySection() {}

    static @Nullable ClientPolicy clients(Section section) {
        List<ClientNetwork> allowed = section.list(ConfigKey.ALLOW, ClientNetwork::parse);
        if (section.has(ConfigKey.ALLOW.key())) {
            section.build(() -> requireSome(allowed));
        }
        List<Command> refused = section.list(ConfigKey.REFUSED_COMMANDS, ProxyValues::command);
        Duration idle = section.optional(ConfigKey.IDLE_TIMEOUT, Duration.ZERO, ProxyValues::idleTimeout);
        Users users = section.has(ConfigKey.AUTH_FILE.key())
                ? section.required(
                        ConfigKey.AUTH_FILE,
                        "a file",
                        text -> Users.read(ConfigKey.AUTH_FILE.key(), ProxyValues.path(text)))
                : null;
        FailedRead failedRead = section.optional(ConfigKey.FAILED_READ, FailedRead.ERROR, ProxyValues::failedRead);
        return section.build(() -> new ClientPolicy(idle, CommandSet.of(refused), allowed, users, failedRead));
    }

    /** An empty list could mean nobody or everybody. */
    private static List<ClientNetwork> requireSome(List<ClientNetwork> allowed) {
        if (allowed.isEmpty()) {
            throw new IllegalArgumentException(
                    "allow: empty (expected: at least one network; leave the key out for all)");
        }
        return allowed;
    }

    static @Nullable ServerSecurity servers(Section section) {
        Login login = section.has(ConfigKey.SERVER_AUTH_FILE.key())
                ? section.required(
                        ConfigKey.SERVER_AUTH_FILE,
                        "a file",
                        text -> Users.only(ConfigKey.SERVER_AUTH_FILE.key(), ProxyValues.path(text)))
                : null;
        ServerTlsConfig tls = serverTls(section);
        return section.build(() -> new ServerSecurity(tls, login));
    }

    private static @Nullable ServerTlsConfig serverTls(Section section) {
        boolean wanted = section.optional(ConfigKey.SERVER_TLS, false, ProxyValues::flag);
        if (!wanted) {
            ListenSection.needs(section, ConfigKey.SERVER_TLS_CA, ConfigKey.SERVER_TLS);
            ListenSection.needs(section, ConfigKey.SERVER_TLS_VERIFY_NAME, ConfigKey.SERVER_TLS);
            ListenSection.needs(section, ConfigKey.SERVER_TLS_CERTIFICATE, ConfigKey.SERVER_TLS);
            ListenSection.needs(section, ConfigKey.SERVER_TLS_KEY, ConfigKey.SERVER_TLS);
            return null;
        }
        List<X509Certificate> authorities = ListenSection.authorities(section, ConfigKey.SERVER_TLS_CA);
        boolean verifyName = section.optional(ConfigKey.SERVER_TLS_VERIFY_NAME, true, ProxyValues::flag);
        boolean shows =
                section.has(ConfigKey.SERVER_TLS_CERTIFICATE.key()) || section.has(ConfigKey.SERVER_TLS_KEY.key());
        TlsIdentity identity = shows
                ? ListenSection.identity(section, ConfigKey.SERVER_TLS_CERTIFICATE, ConfigKey.SERVER_TLS_KEY)
                : null;
        return section.build(() -> new ServerTlsConfig(authorities, identity, verifyName));
    }
}
