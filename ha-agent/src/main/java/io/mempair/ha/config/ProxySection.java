package io.mempair.ha.config;

import io.mempair.proxy.config.ClientLimits;
import io.mempair.proxy.config.Distribution;
import io.mempair.proxy.config.PoolConfig;
import io.mempair.proxy.config.ProxyConfig;
import io.mempair.proxy.config.ServerAddress;
import io.mempair.proxy.config.ServerTimeouts;
import io.mempair.proxy.config.TransportChoice;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The section {@code proxy}. Ranges live in the records alone: each value is tried in a record of its own
 * first, so that every bad one is found and not only the first.
 */
final class ProxySection {

    private static final Duration LONGEST = Duration.ofMinutes(10);
    private static final Duration SHORTEST = Duration.ofNanos(1);

    private ProxySection() {}

    /** @param defaultListen  where to listen when the file does not say; may be empty if that is not known */
    static @Nullable ProxyConfig read(Section section, List<ServerAddress> defaultListen) {
        List<ServerAddress> listen = addresses(section, ConfigKey.LISTEN);
        PoolConfig pool = pool(section);
        ClientLimits limits = limits(section);
        int loops = section.optional(ConfigKey.LOOPS, ProxyConfig.defaultLoops(), ProxySection::loops);
        TransportChoice transport =
                section.optional(ConfigKey.TRANSPORT, TransportChoice.AUTO, ProxySection::transport);
        boolean hasListen = section.has(ConfigKey.LISTEN.key());
        if (pool == null || limits == null || (defaultListen.isEmpty() && !hasListen)) {
            return null;
        }
        return section.build(() -> new ProxyConfig(hasListen ? listen : defaultListen, pool, limits, loops, transport));
    }

    private static @Nullable PoolConfig pool(Section section) {
        List<ServerAddress> servers = addresses(section, ConfigKey.SERVERS);
        List<ServerAddress> backups = addresses(section, ConfigKey.BACKUPS);
        Distribution distribution =
                section.optional(ConfigKey.DISTRIBUTION, Distribution.MODULO, ProxySection::distribution);
        ServerTimeouts timeouts = timeouts(section);
        if (!section.has(ConfigKey.SERVERS.key())) {
            section.missing(ConfigKey.SERVERS.key(), "a list of memcached servers, as in [10.0.0.21:11211]");
            return null;
        }
        return timeouts == null ? null : section.build(() -> new PoolConfig(servers, backups, distribution, timeouts));
    }

    private static @Nullable ServerTimeouts timeouts(Section section) {
        ServerTimeouts d = ServerTimeouts.DEFAULT;
        Duration connect = duration(section, ConfigKey.CONNECT_TIMEOUT, d.connect(), ProxySection::connect);
        Duration request = duration(section, ConfigKey.TIMEOUT, d.request(), ProxySection::request);
        Duration probe = duration(section, ConfigKey.PROBE_INTERVAL, d.probe(), ProxySection::probe);
        Duration retryMin = duration(section, ConfigKey.RETRY_MIN, d.retryMin(), ProxySection::retryMin);
        Duration retryMax = duration(section, ConfigKey.RETRY_MAX, d.retryMax(), ProxySection::retryMax);
        return section.build(() -> new ServerTimeouts(connect, request, probe, retryMin, retryMax));
    }

    private static ServerTimeouts connect(Duration v) {
        return new ServerTimeouts(v, LONGEST, LONGEST, SHORTEST, LONGEST);
    }

    private static ServerTimeouts request(Duration v) {
        return new ServerTimeouts(LONGEST, v, LONGEST, SHORTEST, LONGEST);
    }

    private static ServerTimeouts probe(Duration v) {
        return new ServerTimeouts(LONGEST, LONGEST, v, SHORTEST, LONGEST);
    }

    private static ServerTimeouts retryMin(Duration v) {
        return new ServerTimeouts(LONGEST, LONGEST, LONGEST, v, LONGEST);
    }

    private static ServerTimeouts retryMax(Duration v) {
        return new ServerTimeouts(LONGEST, LONGEST, LONGEST, SHORTEST, v);
    }

    private static @Nullable ClientLimits limits(Section section) {
        ClientLimits d = ClientLimits.DEFAULT;
        long min = 1L << 16;
        int clients = section.optional(ConfigKey.MAX_CLIENTS, d.maxClients(), text -> {
            int v = NodeSections.number(text);
            return new ClientLimits(v, 1, 1, min, min).maxClients();
        });
        int inFlight = section.optional(ConfigKey.MAX_IN_FLIGHT, d.maxInFlight(), text -> {
            int v = NodeSections.number(text);
            return new ClientLimits(1, v, 1, min, min).maxInFlight();
        });
        int value = section.optional(ConfigKey.MAX_VALUE, d.maxValueBytes(), text -> {
            int v = (int) Math.min(Quantity.sizeBytes(text), Integer.MAX_VALUE);
            return new ClientLimits(1, 1, v, min, Long.MAX_VALUE).maxValueBytes();
        });
        long unread = section.optional(ConfigKey.MAX_UNREAD, d.maxUnreadBytes(), text -> {
            long v = Quantity.sizeBytes(text);
            return new ClientLimits(1, 1, 1, v, min).maxUnreadBytes();
        });
        long buffered = section.optional(ConfigKey.MAX_BUFFERED, d.maxBufferedBytes(), text -> {
            long v = Quantity.sizeBytes(text);
            return new ClientLimits(1, 1, 1, min, v).maxBufferedBytes();
        });
        return section.build(() -> new ClientLimits(clients, inFlight, value, unread, buffered));
    }

    private static List<ServerAddress> addresses(Section section, ConfigKey key) {
        return section.list(key, text -> Addresses.parse(text, ServerAddress.MEMCACHED_PORT));
    }

    private static Duration duration(Section section, ConfigKey key, Duration fallback, Consumer<Duration> tried) {
        return section.optional(key, fallback, text -> {
            Duration value = Quantity.duration(text);
            tried.accept(value);
            return value;
        });
    }

    private static int loops(String text) {
        int loops = NodeSections.number(text);
        if (loops < 1 || loops > 64) {
            throw new IllegalArgumentException(text + " (expected: 1..64)");
        }
        return loops;
    }

    private static Distribution distribution(String text) {
        return switch (text) {
            case "modulo" -> Distribution.MODULO;
            case "ketama" -> Distribution.KETAMA;
            default -> throw new IllegalArgumentException("'" + text + "' (expected: modulo or ketama)");
        };
    }

    /** Reads {@code auto io_uring epoll nio}; also for the flag of the same name. */
    static TransportChoice transport(String text) {
        for (TransportChoice choice : TransportChoice.values()) {
            if (choice.name().toLowerCase(Locale.ROOT).equals(text)) {
                return choice;
            }
        }
        throw new IllegalArgumentException("'" + text + "' (expected: auto, io_uring, epoll or nio)");
    }
}
