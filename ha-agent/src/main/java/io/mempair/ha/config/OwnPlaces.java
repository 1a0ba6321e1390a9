package io.mempair.ha.config;

import io.mempair.proxy.config.ListenerConfig;
import io.mempair.proxy.config.LiteralAddress;
import io.mempair.proxy.config.ProxyConfig;
import io.mempair.proxy.config.ServerAddress;
import io.mempair.proxy.config.UnixSocketConfig;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What one program opens by its file: no two of it at one TCP port or path, of which the second could not be opened, on whatever host; and
 * no server that is the program itself, which would send every request to itself.
 */
final class OwnPlaces {

    /** Places that one key, or its default, opens. */
    private record Opened(Section section, ConfigKey key, List<ServerAddress> addresses) {

        boolean isWritten() {
            return section.has(key.key());
        }
    }

    private final List<Opened> all = new ArrayList<>();

    /** The channel of a member. */
    OwnPlaces channel(Section group, @Nullable GroupConfig channel) {
        if (channel != null) {
            all.add(new Opened(group, ConfigKey.GROUP_PORT, List.of(channel.self())));
        }
        return this;
    }

    /** The ports of clients. */
    OwnPlaces listeners(Section proxy, @Nullable ListenerConfig listeners) {
        if (listeners != null) {
            all.add(new Opened(proxy, ConfigKey.LISTEN, listeners.tcp()));
            if (listeners.tls() != null) {
                all.add(new Opened(proxy, ConfigKey.TLS_LISTEN, listeners.tls().addresses()));
            }
        }
        return this;
    }

    /** The admin face. */
    OwnPlaces admin(Section admin, @Nullable AdminConfig watched) {
        if (watched != null) {
            all.add(new Opened(admin, ConfigKey.ADMIN_HTTP, List.of(watched.http())));
        }
        return this;
    }

    /** Reports each two that are one. */
    void requireApart() {
        for (int i = 0; i < all.size(); i++) {
            for (int j = i + 1; j < all.size(); j++) {
                requireApart(all.get(i), all.get(j));
            }
        }
    }

    private static void requireApart(Opened one, Opened other) {
        Opened told = other.isWritten() ? other : one;
        Opened taking = other.isWritten() ? one : other;
        for (ServerAddress address : told.addresses()) {
            for (ServerAddress taken : taking.addresses()) {
                if (overlap(address, taken)) {
                    told.section()
                            .wrong(
                                    told.key(),
                                    address + " has the port of " + taking.key().path() + ", " + taken
                                            + (taking.isWritten() ? "" : " by default")
                                            + " (expected: a port of its own)");
                    return;
                }
            }
        }
    }

    /** Whether a process that has opened one cannot open the other. */
    static boolean overlap(ServerAddress one, ServerAddress other) {
        if (one.port() != other.port()) {
            return false;
        }
        return one.isSamePlaceAs(other)
                || takes(one.host(), other.host())
                || takes(other.host(), one.host())
                || areNameOfLoopback(one.host(), other.host());
    }

    /** Whether one is every address, also that of the other; the one of IPv6 takes those of IPv4 too. */
    private static boolean takes(String every, String host) {
        InetAddress wild = LiteralAddress.of(every);
        InetAddress address = LiteralAddress.of(host);
        return wild != null
                && wild.isAnyLocalAddress()
                && (address == null || address instanceof Inet4Address || !(wild instanceof Inet4Address));
    }

    private static boolean areNameOfLoopback(String one, String other) {
        return (LiteralAddress.of(one) == null || LiteralAddress.of(other) == null)
                && LiteralAddress.isLoopback(one)
                && LiteralAddress.isLoopback(other);
    }

    /** Reports the socket of clients that is the one of commands too. */
    static void requireSocketsApart(Section proxy, @Nullable ListenerConfig listeners, @Nullable AdminConfig watched) {
        UnixSocketConfig unix = listeners == null ? null : listeners.unix();
        if (unix != null
                && watched != null
                && unix.path().normalize().equals(watched.control().normalize())) {
            proxy.wrong(
                    ConfigKey.UNIX_SOCKET,
                    "'" + unix.path() + "' is the socket of " + ConfigKey.ADMIN_CONTROL.path()
                            + " too (expected: a path of its own)");
        }
    }

    /**
     * Reports servers that are a port of clients here.
     *
     * @param own  addresses of this host beside the loopback ones, as far as they are known
     * @param vip  its servers are reported elsewhere; null if there is none
     */
    static void requireOthers(Section proxy, ProxyConfig opened, List<String> own, @Nullable VirtualAddressConfig vip) {
        requireOthers(
                proxy,
                ConfigKey.SERVERS,
                opened.listeners(),
                others(opened.pool().primaries(), vip),
                own);
        requireOthers(
                proxy,
                ConfigKey.BACKUPS,
                opened.listeners(),
                others(opened.pool().backups(), vip),
                own);
    }

    private static List<ServerAddress> others(List<ServerAddress> servers, @Nullable VirtualAddressConfig vip) {
        return servers.stream()
                .filter(server -> vip == null || !vip.contains(server.host()))
                .toList();
    }

    private static void requireOthers(
            Section proxy, ConfigKey key, ListenerConfig listeners, List<ServerAddress> servers, List<String> own) {
        for (ServerAddress server : servers) {
            listeners.addresses().stream()
                    .filter(listened -> isThere(server, listened, own))
                    .findFirst()
                    .ifPresent(listened -> proxy.wrong(
                            key,
                            server + " is this proxy itself, which listens on " + listened
                                    + " (expected: a memcached, at another port or on another host)"));
        }
    }

    private static boolean isThere(ServerAddress server, ServerAddress listened, List<String> own) {
        boolean here = LiteralAddress.isLoopback(server.host())
                || own.stream().anyMatch(host -> LiteralAddress.isSame(host, server.host()));
        return server.isSamePlaceAs(listened) || (here && overlap(server, listened));
    }

    /** What this program opens, and the servers it asks, are all different. */
    static void requireAll(
            Section group,
            @Nullable GroupConfig channel,
            Section proxy,
            @Nullable ProxyConfig pool,
            Section admin,
            @Nullable AdminConfig watched,
            @Nullable VirtualAddressConfig vip) {
        ListenerConfig listeners = pool == null ? null : pool.listeners();
        new OwnPlaces()
                .channel(group, channel)
                .listeners(proxy, listeners)
                .admin(admin, watched)
                .requireApart();
        requireSocketsApart(proxy, listeners, watched);
        if (pool != null) {
            requireOthers(proxy, pool, channel == null ? List.of() : List.of(channel.bind()), vip);
        }
    }
}
