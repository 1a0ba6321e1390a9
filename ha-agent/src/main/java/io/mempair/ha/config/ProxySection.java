package io.mempair.ha.config;

import io.mempair.proxy.config.ClientLimits;
import io.mempair.proxy.config.ClientPolicy;
import io.mempair.proxy.config.CopyPolicy;
import io.mempair.proxy.config.ListenerConfig;
import io.mempair.proxy.config.MemoryPlan;
import io.mempair.proxy.config.PlacementRule;
import io.mempair.proxy.config.PoolConfig;
import io.mempair.proxy.config.ProxyConfig;
import io.mempair.proxy.config.RebalancePolicy;
import io.mempair.proxy.config.ServerAddress;
import io.mempair.proxy.config.ServerSecurity;
import io.mempair.proxy.config.ServerTimeouts;
import io.mempair.proxy.config.TransportChoice;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The section {@code proxy}. */
final class ProxySection {

    private ProxySection() {}

    /** @param defaultListen  where to listen when the file does not say; may be empty if that is not known */
    static @Nullable ProxyConfig read(Section section, List<ServerAddress> defaultListen) {
        ListenerConfig listen = ListenSection.read(section, defaultListen);
        PoolConfig pool = pool(section);
        int loops = section.optional(ConfigKey.LOOPS, ProxyConfig.defaultLoops(), ProxyValues::loops);
        ClientLimits limits = limits(section, loops);
        ClientPolicy policy = SecuritySection.clients(section);
        TransportChoice transport = section.optional(ConfigKey.TRANSPORT, TransportChoice.AUTO, ProxyValues::transport);
        boolean latencies = section.optional(ConfigKey.LATENCIES, true, ProxyValues::flag);
        if (listen == null || pool == null || limits == null || policy == null) {
            return null;
        }
        Duration gather = section.optional(ConfigKey.GATHER, ProxyConfig.DEFAULT_GATHER, ProxyValues::gather);
        return section.build(
                () -> new ProxyConfig(listen, pool, limits, policy, loops, transport, latencies).withGather(gather));
    }

    private static @Nullable PoolConfig pool(Section section) {
        PlacementSection placement = PlacementSection.read(section);
        ServerTimeouts timeouts = timeouts(section);
        ServerSecurity security = SecuritySection.servers(section);
        CopyPolicy copies = CopiesSection.read(section, placement.serversOfTwoTiers());
        RebalancePolicy rebalance = RebalanceSection.read(section);
        if (!section.has(ConfigKey.SERVERS.key())) {
            section.missing(ConfigKey.SERVERS.key(), "a list of memcached servers, as in [10.0.0.21:11211]");
            return null;
        }
        PlacementRule rule = placement.rule();
        if (rule == null || timeouts == null || security == null || copies == null || rebalance == null) {
            return null;
        }
        return section.build(() ->
                new PoolConfig(placement.servers(), placement.backups(), rule, timeouts, security, copies, rebalance));
    }

    private static @Nullable ServerTimeouts timeouts(Section section) {
        ServerTimeouts d = ServerTimeouts.DEFAULT;
        Duration connect = section.optional(ConfigKey.CONNECT_TIMEOUT, d.connect(), ProxyValues::connectTimeout);
        Duration request = section.optional(ConfigKey.TIMEOUT, d.request(), ProxyValues::timeout);
        Duration probe = section.optional(ConfigKey.PROBE_INTERVAL, d.probe(), ProxyValues::probeInterval);
        Duration retryMin = section.optional(ConfigKey.RETRY_MIN, d.retryMin(), ProxyValues::retryMin);
        Duration retryMax = section.optional(ConfigKey.RETRY_MAX, d.retryMax(), ProxyValues::retryMax);
        return section.build(() -> new ServerTimeouts(connect, request, probe, retryMin, retryMax));
    }

    private static @Nullable ClientLimits limits(Section section, int loops) {
        ClientLimits d = ClientLimits.DEFAULT;
        MemoryPlan memory = MemoryPlan.ofThisProcess();
        int clients = section.optional(ConfigKey.MAX_CLIENTS, d.maxClients(), ProxyValues::maxClients);
        int inFlight = section.optional(ConfigKey.MAX_IN_FLIGHT, d.maxInFlight(), ProxyValues::maxInFlight);
        int value = section.optional(ConfigKey.MAX_VALUE, d.maxValueBytes(), ProxyValues::maxValueBytes);
        long unread =
                section.optional(ConfigKey.MAX_UNREAD, memory.defaultUnreadBytes(loops), ProxyValues::maxUnreadBytes);
        long buffered = section.optional(
                ConfigKey.MAX_BUFFERED, memory.defaultBufferedBytes(loops, unread), ProxyValues::maxBufferedBytes);
        return section.build(() -> memory.require(new ClientLimits(clients, inFlight, value, unread, buffered), loops));
    }
}
