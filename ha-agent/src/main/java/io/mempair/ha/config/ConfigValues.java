package io.mempair.ha.config;

import io.mempair.proxy.config.ClientLimits;
import io.mempair.proxy.config.ClientPolicy;
import io.mempair.proxy.config.CopyPolicy;
import io.mempair.proxy.config.DurationText;
import io.mempair.proxy.config.LabelledServer;
import io.mempair.proxy.config.ListenerConfig;
import io.mempair.proxy.config.PlacementRule;
import io.mempair.proxy.config.PoolConfig;
import io.mempair.proxy.config.ProxyConfig;
import io.mempair.proxy.config.ServerAddress;
import io.mempair.proxy.config.ServerSecurity;
import io.mempair.proxy.config.ServerTimeouts;
import io.mempair.proxy.config.ServerTlsConfig;
import io.mempair.proxy.config.SizeText;
import io.mempair.proxy.config.TlsIdentity;
import io.mempair.proxy.config.TlsListenerConfig;
import io.mempair.proxy.config.UnixSocketConfig;
import io.mempair.proxy.config.Users;
import java.time.Duration;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** The records taken apart again: the value of each key, defaults included. A test holds it complete. */
final class ConfigValues {

    /** The value of a key that the file leaves out and that has no default. */
    private static final String NONE = "none";

    private ConfigValues() {}

    /** What was read from another file; long, or secret, so it is compared but never shown. */
    private record Content(Object value) {
        @Override
        public String toString() {
            return "(a file's content)";
        }
    }

    static Map<ConfigKey, Object> of(NodeConfig node) {
        Map<ConfigKey, Object> values = new EnumMap<>(ConfigKey.class);
        values.put(ConfigKey.NODE_NAME, node.name());
        values.put(ConfigKey.NODE_PRIORITY, node.priority());
        values.put(ConfigKey.NODE_WARMUP, node.warmup());
        group(values, node.group());
        values.put(ConfigKey.ADDRESS, node.virtualAddress().addresses());
        values.put(ConfigKey.INTERFACE, node.virtualAddress().interfaceName());
        values.put(ConfigKey.CONFLICT, node.virtualAddress().conflict());
        hooks(values, node.hooks());
        proxy(values, node.proxy());
        checks(values, node.checks());
        admin(values, node.admin());
        log(values, node.log());
        return values;
    }

    private static void log(Map<ConfigKey, Object> values, LogConfig log) {
        values.put(ConfigKey.LOG_LEVEL, log.level());
        values.put(ConfigKey.LOG_FORMAT, log.format());
        values.put(ConfigKey.LOG_SLOW, log.slow().isZero() ? "off" : log.slow());
        values.put(ConfigKey.LOG_SLOW_KEYS, log.plainKeys() ? "plain" : "hash");
    }

    private static void group(Map<ConfigKey, Object> values, GroupConfig group) {
        ServerAddress witness = group.witness();
        values.put(ConfigKey.GROUP_BIND, group.bind());
        values.put(ConfigKey.GROUP_PORT, group.port());
        values.put(ConfigKey.GROUP_PEERS, group.peers());
        values.put(ConfigKey.GROUP_PROFILE, group.profile());
        values.put(ConfigKey.GROUP_MODE, group.mode());
        values.put(ConfigKey.GROUP_WITNESS, witness == null ? NONE : witness);
        values.put(ConfigKey.GROUP_TIE_BREAKER, group.tieBreaker());
        values.put(ConfigKey.GROUP_PREEMPT, group.preempt());
        values.put(ConfigKey.GROUP_PREEMPT_DELAY, group.preemptDelay());
        values.put(ConfigKey.GROUP_HANDOVER, group.handover() ? "auto" : "off");
        channelSecurity(values, group.security());
    }

    /** One list for each key, because a check has no key of its own. */
    private static void checks(Map<ConfigKey, Object> values, List<CheckConfig> checks) {
        values.put(ConfigKey.CHECK_NAME, each(checks, CheckConfig::name));
        values.put(ConfigKey.CHECK_COMMAND, each(checks, CheckConfig::command));
        values.put(ConfigKey.CHECK_INTERVAL, each(checks, check -> text(check.interval())));
        values.put(ConfigKey.CHECK_TIMEOUT, each(checks, check -> text(check.timeout())));
        values.put(ConfigKey.CHECK_RISE, each(checks, CheckConfig::rise));
        values.put(ConfigKey.CHECK_FALL, each(checks, CheckConfig::fall));
    }

    private static <T> List<T> each(List<CheckConfig> checks, Function<CheckConfig, T> value) {
        return checks.stream().map(value).toList();
    }

    static Map<ConfigKey, Object> of(ProxyFile file) {
        Map<ConfigKey, Object> values = new EnumMap<>(ConfigKey.class);
        proxy(values, file.proxy());
        admin(values, file.admin());
        log(values, file.log());
        return values;
    }

    private static void channelSecurity(Map<ConfigKey, Object> values, GroupSecurity security) {
        GroupSecurity.Tls tls = security instanceof GroupSecurity.Tls certificates ? certificates : null;
        values.put(
                ConfigKey.GROUP_TLS_CERTIFICATE,
                tls == null ? NONE : new Content(tls.identity().chain()));
        values.put(
                ConfigKey.GROUP_TLS_KEY,
                tls == null ? NONE : new Content(tls.identity().key()));
        values.put(ConfigKey.GROUP_TLS_CA, tls == null ? NONE : new Content(tls.authorities()));
        values.put(
                ConfigKey.GROUP_KEY_FILE,
                security instanceof GroupSecurity.SharedKey shared ? new Content(shared.key()) : NONE);
    }

    private static void hooks(Map<ConfigKey, Object> values, HooksConfig hooks) {
        values.put(ConfigKey.HOOK_CLAIM, hooks.claim() == null ? NONE : hooks.claim());
        values.put(ConfigKey.HOOK_RELEASE, hooks.release() == null ? NONE : hooks.release());
        values.put(ConfigKey.HOOK_NOTIFY, hooks.notification() == null ? NONE : hooks.notification());
        values.put(ConfigKey.HOOK_FENCE, hooks.fence() == null ? NONE : hooks.fence());
        values.put(ConfigKey.HOOK_TIMEOUT, hooks.timeout());
        values.put(ConfigKey.HOOK_ADDRESS, hooks.address());
    }

    private static void proxy(Map<ConfigKey, Object> values, ProxyConfig proxy) {
        listeners(values, proxy.listeners());
        pool(values, proxy.pool());
        copies(values, proxy.pool().copies());
        limits(values, proxy.limits());
        policy(values, proxy.policy());
        security(values, proxy.pool().security());
        values.put(ConfigKey.LOOPS, proxy.loops());
        values.put(ConfigKey.GATHER, proxy.gather());
        values.put(ConfigKey.TRANSPORT, proxy.transport());
        values.put(ConfigKey.LATENCIES, proxy.latencies());
    }

    private static void listeners(Map<ConfigKey, Object> values, ListenerConfig listeners) {
        UnixSocketConfig unix = listeners.unix();
        TlsListenerConfig tls = listeners.tls();
        values.put(ConfigKey.LISTEN, listeners.tcp());
        values.put(ConfigKey.UNIX_SOCKET, unix == null ? NONE : unix.path());
        values.put(ConfigKey.UNIX_SOCKET_MODE, unix == null ? NONE : Integer.toOctalString(unix.mode()));
        values.put(ConfigKey.TLS_LISTEN, tls == null ? NONE : tls.addresses());
        values.put(
                ConfigKey.TLS_CERTIFICATE,
                tls == null ? NONE : new Content(tls.identity().chain()));
        values.put(
                ConfigKey.TLS_KEY,
                tls == null ? NONE : new Content(tls.identity().key()));
        values.put(ConfigKey.TLS_CLIENT_CA, tls == null ? NONE : new Content(tls.clientAuthorities()));
    }

    private static void policy(Map<ConfigKey, Object> values, ClientPolicy policy) {
        values.put(ConfigKey.ALLOW, policy.allowed());
        values.put(ConfigKey.AUTH_FILE, policy.users() == null ? NONE : new Content(policy.users()));
        values.put(ConfigKey.REFUSED_COMMANDS, policy.refusedCommands());
        values.put(ConfigKey.IDLE_TIMEOUT, policy.idleTimeout());
        values.put(ConfigKey.FAILED_READ, policy.failedRead());
    }

    private static void security(Map<ConfigKey, Object> values, ServerSecurity security) {
        ServerTlsConfig tls = security.tls();
        TlsIdentity identity = tls == null ? null : tls.identity();
        values.put(ConfigKey.SERVER_TLS, tls != null);
        values.put(ConfigKey.SERVER_TLS_CA, tls == null ? NONE : new Content(tls.authorities()));
        values.put(ConfigKey.SERVER_TLS_VERIFY_NAME, tls == null || tls.verifyName());
        values.put(ConfigKey.SERVER_TLS_CERTIFICATE, identity == null ? NONE : new Content(identity.chain()));
        values.put(ConfigKey.SERVER_TLS_KEY, identity == null ? NONE : new Content(identity.key()));
        values.put(ConfigKey.SERVER_AUTH_FILE, security.login() == null ? NONE : new Content(security.login()));
    }

    private static void pool(Map<ConfigKey, Object> values, PoolConfig pool) {
        ServerTimeouts timeouts = pool.timeouts();
        PlacementRule rule = pool.placement();
        values.put(ConfigKey.SERVERS, labelled(pool.primaries(), rule));
        values.put(ConfigKey.BACKUPS, labelled(pool.backups(), rule));
        values.put(ConfigKey.REBALANCE, RebalanceSection.nameOf(pool.rebalance()));
        values.put(ConfigKey.REBALANCE_RATE, pool.rebalance().keysPerSecond());
        values.put(ConfigKey.REBALANCE_LEAVING, pool.rebalance().flushesLeaving() ? "flush" : "leave");
        values.put(ConfigKey.REBALANCE_FULL, pool.rebalance().mayEvict() ? "evict" : "refuse");
        values.put(ConfigKey.REBALANCE_KEEP, pool.rebalance().keep());
        values.put(ConfigKey.DISTRIBUTION, rule.distribution().toString());
        values.put(ConfigKey.HASH, rule.hash().map(Object::toString).orElse(NONE));
        values.put(
                ConfigKey.HASH_TAG,
                rule.part().tag().isEmpty() ? NONE : rule.part().tag());
        values.put(
                ConfigKey.HASH_SKIP_PREFIX,
                rule.part().skipPrefix().isEmpty() ? NONE : rule.part().skipPrefix());
        values.put(ConfigKey.TIMEOUT, timeouts.request());
        values.put(ConfigKey.CONNECT_TIMEOUT, timeouts.connect());
        values.put(ConfigKey.PROBE_INTERVAL, timeouts.probe());
        values.put(ConfigKey.RETRY_MIN, timeouts.retryMin());
        values.put(ConfigKey.RETRY_MAX, timeouts.retryMax());
    }

    private static List<LabelledServer> labelled(List<ServerAddress> servers, PlacementRule rule) {
        return servers.stream()
                .map(server -> new LabelledServer(server, rule.labelOf(server)))
                .toList();
    }

    private static void copies(Map<ConfigKey, Object> values, CopyPolicy copies) {
        values.put(ConfigKey.ACKNOWLEDGE, copies.acknowledge());
        values.put(ConfigKey.HEDGE, copies.hedge());
        values.put(ConfigKey.JOURNAL_BYTES, SizeText.of(copies.journalBytes()));
        values.put(ConfigKey.REFILL_RATE, copies.refillKeysPerSecond());
        values.put(ConfigKey.REFILL_FOR, copies.refillFor());
        values.put(ConfigKey.REFILL_LIFETIME, copies.refillLifetime());
        values.put(ConfigKey.LAST_COPY_WAIT, copies.lastCopyWait());
    }

    private static void limits(Map<ConfigKey, Object> values, ClientLimits limits) {
        values.put(ConfigKey.MAX_CLIENTS, limits.maxClients());
        values.put(ConfigKey.MAX_IN_FLIGHT, limits.maxInFlight());
        values.put(ConfigKey.MAX_VALUE, limits.learnsValueBytes() ? "auto" : SizeText.of(limits.maxValueBytes()));
        values.put(ConfigKey.MAX_UNREAD, SizeText.of(limits.maxUnreadBytes()));
        values.put(ConfigKey.MAX_BUFFERED, SizeText.of(limits.maxBufferedBytes()));
    }

    private static void admin(Map<ConfigKey, Object> values, @Nullable AdminConfig admin) {
        if (admin != null) {
            values.put(ConfigKey.ADMIN_HTTP, admin.http());
            values.put(ConfigKey.ADMIN_CONTROL, admin.control());
            TlsIdentity identity = admin.security().identity();
            Users users = admin.security().users();
            values.put(ConfigKey.ADMIN_TLS_CERTIFICATE, identity == null ? NONE : new Content(identity.chain()));
            values.put(ConfigKey.ADMIN_TLS_KEY, identity == null ? NONE : new Content(identity.key()));
            values.put(ConfigKey.ADMIN_AUTH_FILE, users == null ? NONE : new Content(users));
        }
    }

    /** A value as the file could have it. */
    static String text(@Nullable Object value) {
        if (value == null) {
            return NONE;
        }
        if (value instanceof Duration duration) {
            return DurationText.of(duration);
        }
        return value instanceof Enum<?> word ? word.name().toLowerCase(Locale.ROOT) : String.valueOf(value);
    }
}
