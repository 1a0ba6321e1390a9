package io.mempair.ha.agent;

import io.mempair.ha.address.Guard;
import io.mempair.ha.address.HookHeldAddress;
import io.mempair.ha.address.HookedAddress;
import io.mempair.ha.address.Hooks;
import io.mempair.ha.address.Notifications;
import io.mempair.ha.address.VirtualAddress;
import io.mempair.ha.check.Checks;
import io.mempair.ha.check.Fitness;
import io.mempair.ha.config.HooksConfig;
import io.mempair.ha.config.NodeConfig;
import io.mempair.ha.config.Profile;
import io.mempair.ha.group.Group;
import io.mempair.ha.group.GroupChannel;
import io.mempair.ha.history.HistoryFile;
import io.mempair.ha.metrics.PairMeter;
import io.mempair.ha.metrics.PairMetrics;
import io.mempair.ha.time.Clock;
import io.mempair.ha.time.SystemClock;
import io.mempair.proxy.config.PoolConfig;
import io.mempair.proxy.config.ServerAddress;
import io.mempair.proxy.server.Proxy;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The parts of a node besides its proxy; tests replace them.
 *
 * @param address  the floating address
 * @param group      the channel to the peer
 * @param checks     report whether this node is fit, and whether it reaches its tie-breaker
 * @param clock    of the agent's thread
 * @param announcer  receives each change of role
 * @param history    where the history is kept over restarts, or null
 */
record NodeParts(
        VirtualAddress address,
        Group group,
        Checks checks,
        Clock clock,
        Announcer announcer,
        @Nullable HistoryFile history) {

    /** More than any pool has; all of them are one line for the guard. */
    private static final int MAX_CONNECTIONS = 1_000;

    /** Parts without an announcer, and a history that ends with the process. */
    NodeParts(VirtualAddress address, Group group, Checks checks, Clock clock) {
        this(address, group, checks, clock, Announcer.NOBODY, null);
    }

    /**
     * The real parts: a guard process, JGroups, the kernel's clock. {@code metrics} receives their counters.
     *
     * @param running  what the node runs by, after a reload
     * @param proxy    its event loops are watched, and its ports are tried while closed
     * @param state    the state folder, or null
     */
    static NodeParts real(
            NodeConfig config, Supplier<NodeConfig> running, PairMetrics metrics, Proxy proxy, @Nullable Path state) {
        Clock clock = new SystemClock();
        Hooks hooks = new Hooks(config.hooks(), config.name(), config.virtualAddress());
        GroupChannel channel = new GroupChannel(config.group(), config.name(), clock);
        String path = System.getenv("PATH");
        metrics.with(PairMeter.HEARTBEATS_SENT, channel.counters()::heartbeatsSent)
                .with(PairMeter.HEARTBEATS_RECEIVED, channel.counters()::heartbeatsReceived)
                .with(PairMeter.MESSAGES_IGNORED, channel.counters()::ignored);
        VirtualAddress address = address(config, hooks, clock, metrics, proxy);
        return new NodeParts(
                address,
                channel,
                new Fitness(
                        config,
                        () -> servers(running.get().proxy().pool()),
                        path == null ? "" : path,
                        proxy::loopSilenceNanos,
                        address::problems,
                        () -> proxy.health().open(),
                        clock),
                clock,
                Announcer.by(new Notifications(hooks)),
                state == null ? null : new HistoryFile(state));
    }

    private static List<ServerAddress> servers(PoolConfig pool) {
        return Stream.concat(pool.primaries().stream(), pool.backups().stream()).toList();
    }

    private static VirtualAddress address(
            NodeConfig config, Hooks hooks, Clock clock, PairMetrics metrics, Proxy proxy) {
        if (config.hooks().address() == HooksConfig.Holder.HOOKS) {
            return new HookHeldAddress(hooks, clock);
        }
        Guard guard = new Guard(
                config.virtualAddress(), guardSilence(config.group().profile()), clock, () -> connections(proxy));
        metrics.with(PairMeter.GUARD_RESTARTS, guard::restarts).with(PairMeter.ADDRESS_CONFLICTS, guard::conflicts);
        return new HookedAddress(guard, hooks);
    }

    private static List<String> connections(Proxy proxy) {
        return proxy.serverSockets().stream()
                .map(ends -> text(ends.local()) + '>' + text(ends.server()))
                .sorted()
                .limit(MAX_CONNECTIONS)
                .toList();
    }

    private static String text(InetSocketAddress end) {
        String address = end.getAddress().getHostAddress();
        int zone = address.indexOf('%');
        String plain = zone < 0 ? address : address.substring(0, zone);
        return (plain.indexOf(':') < 0 ? plain : '[' + plain + ']') + ':' + end.getPort();
    }

    /** Shorter than the lease, so that a hung node loses the address before its peer may claim it. */
    private static Duration guardSilence(Profile profile) {
        return profile == Profile.FAST ? Duration.ofMillis(250) : Duration.ofMillis(500);
    }
}
