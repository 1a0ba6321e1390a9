package io.mempair.ha.config;

import io.mempair.proxy.config.ListenerConfig;
import io.mempair.proxy.config.LiteralAddress;
import io.mempair.proxy.config.PemFile;
import io.mempair.proxy.config.ServerAddress;
import io.mempair.proxy.config.TlsIdentity;
import io.mempair.proxy.config.TlsListenerConfig;
import io.mempair.proxy.config.UnixSocketConfig;
import java.net.InetAddress;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The part of {@code proxy} that says where clients connect. PEM files are read here, so that a bad one is found early. */
final class ListenSection {

    private ListenSection() {}

    /** @param defaultTcp  where to listen when the file does not say; may be empty if that is not known */
    static @Nullable ListenerConfig read(Section section, List<ServerAddress> defaultTcp) {
        List<ServerAddress> listen = addresses(section, ConfigKey.LISTEN);
        UnixSocketConfig unix = unixSocket(section);
        TlsListenerConfig tls = tls(section);
        boolean hasListen = section.has(ConfigKey.LISTEN.key());
        if (!hasListen && defaultTcp.isEmpty()) {
            return null;
        }
        return section.build(() -> new ListenerConfig(hasListen ? listen : defaultTcp, unix, tls));
    }

    /** Where this program listens: an address of this host, or all of them. */
    static ServerAddress opened(String text, int defaultPort) {
        ServerAddress opened = ProxyValues.address(text, defaultPort);
        InetAddress address = LiteralAddress.of(opened.host());
        String hostless = LiteralAddress.hostless(opened.host());
        if (hostless != null && address != null && !address.isAnyLocalAddress()) {
            throw new IllegalArgumentException(
                    opened + " is " + hostless + " (expected: an address of this host, or 0.0.0.0 for all of them)");
        }
        return opened;
    }

    private static @Nullable UnixSocketConfig unixSocket(Section section) {
        int mode = section.optional(
                ConfigKey.UNIX_SOCKET_MODE,
                UnixSocketConfig.DEFAULT_MODE,
                text -> new UnixSocketConfig(Path.of("/any"), ProxyValues.mode(text)).mode());
        if (!section.has(ConfigKey.UNIX_SOCKET.key())) {
            needs(section, ConfigKey.UNIX_SOCKET_MODE, ConfigKey.UNIX_SOCKET);
            return null;
        }
        return section.required(
                ConfigKey.UNIX_SOCKET, "a path", text -> new UnixSocketConfig(ProxyValues.path(text), mode));
    }

    private static List<ServerAddress> addresses(Section section, ConfigKey key) {
        return section.list(key, text -> opened(text, ServerAddress.MEMCACHED_PORT));
    }

    private static @Nullable TlsListenerConfig tls(Section section) {
        if (!section.has(ConfigKey.TLS_LISTEN.key())) {
            needs(section, ConfigKey.TLS_CERTIFICATE, ConfigKey.TLS_LISTEN);
            needs(section, ConfigKey.TLS_KEY, ConfigKey.TLS_LISTEN);
            needs(section, ConfigKey.TLS_CLIENT_CA, ConfigKey.TLS_LISTEN);
            return null;
        }
        List<ServerAddress> addresses = addresses(section, ConfigKey.TLS_LISTEN);
        TlsIdentity identity = identity(section, ConfigKey.TLS_CERTIFICATE, ConfigKey.TLS_KEY);
        List<X509Certificate> authorities = authorities(section, ConfigKey.TLS_CLIENT_CA);
        return identity == null ? null : section.build(() -> new TlsListenerConfig(addresses, identity, authorities));
    }

    /** A certificate and its key, both required. */
    static @Nullable TlsIdentity identity(Section section, ConfigKey certificate, ConfigKey key) {
        Path certificateFile = section.required(certificate, "a PEM file", ProxyValues::path);
        Path keyFile = section.required(key, "a PEM file", ProxyValues::path);
        return certificateFile == null || keyFile == null
                ? null
                : section.build(() -> TlsIdentity.read(certificate.key(), certificateFile, key.key(), keyFile));
    }

    /** The certificates of an optional file; empty if there is none. */
    static List<X509Certificate> authorities(Section section, ConfigKey key) {
        return section.optional(key, List.of(), text -> PemFile.certificates(key.key(), ProxyValues.path(text)));
    }

    /** Reports a key that has no effect without another one. */
    static void needs(Section section, ConfigKey key, ConfigKey other) {
        if (section.has(key.key())) {
            section.wrong(key, "does nothing alone (expected: together with " + other.key() + ')');
        }
    }
}
