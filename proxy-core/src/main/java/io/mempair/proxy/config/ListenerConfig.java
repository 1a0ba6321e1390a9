package io.mempair.proxy.config;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Where clients connect; at least one listener.
 *
 * @param tcp   addresses served in plain text; may be empty
 * @param unix  a unix socket, or null
 * @param tls   addresses served by TLS, or null
 */
public record ListenerConfig(
        List<ServerAddress> tcp,
        @Nullable UnixSocketConfig unix,
        @Nullable TlsListenerConfig tls) {

    public ListenerConfig {
        tcp = List.copyOf(tcp);
        if (tcp.isEmpty() && unix == null && tls == null) {
            throw new IllegalArgumentException(
                    "listen: empty (expected: at least one host:port, or unix-socket, or tls-listen)");
        }
        Set<ServerAddress> places = new HashSet<>();
        for (ServerAddress address : tcp) {
            if (!places.add(address.place())) {
                throw new IllegalArgumentException("listen: " + address + " twice (expected: each once)");
            }
        }
        if (tls != null) {
            for (ServerAddress address : tls.addresses()) {
                if (places.contains(address.place())) {
                    throw new IllegalArgumentException(
                            "tls-listen: " + address + " is in listen too (expected: a port of its own)");
                }
            }
        }
    }

    /** Those of TCP, with TLS and without. */
    public List<ServerAddress> addresses() {
        return Stream.concat(tcp.stream(), tls == null ? Stream.empty() : tls.addresses().stream())
                .toList();
    }

    /** Plain TCP and nothing else. */
    public static ListenerConfig tcp(List<ServerAddress> addresses) {
        return new ListenerConfig(addresses, null, null);
    }

    /** Whether both listen in the same places, so that nothing has to be rebound; certificates may differ. */
    public boolean hasPlacesOf(ListenerConfig other) {
        return tcp.equals(other.tcp)
                && Objects.equals(unix, other.unix)
                && tlsPlaces().equals(other.tlsPlaces());
    }

    private List<ServerAddress> tlsPlaces() {
        return tls == null ? List.of() : tls.addresses();
    }

    /** Every listener, as the log shows it: {@code [0.0.0.0:11211, unix:/run/m.sock, tls:0.0.0.0:11212]}. */
    @Override
    public String toString() {
        List<String> places = new ArrayList<>();
        tcp.forEach(address -> places.add(address.toString()));
        if (unix != null) {
            places.add("unix:" + unix.path());
        }
        if (tls != null) {
            tls.addresses().forEach(address -> places.add("tls:" + address));
        }
        return places.toString();
    }
}
