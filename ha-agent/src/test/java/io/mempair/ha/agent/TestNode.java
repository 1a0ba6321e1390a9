package io.mempair.ha.agent;

import io.mempair.ha.config.AdminConfig;
import io.mempair.ha.config.GroupConfig;
import io.mempair.ha.config.HooksConfig;
import io.mempair.ha.config.LogConfig;
import io.mempair.ha.config.NodeConfig;
import io.mempair.ha.config.Profile;
import io.mempair.ha.config.VirtualAddressConfig;
import io.mempair.ha.election.Role;
import io.mempair.ha.group.GroupChannel;
import io.mempair.ha.time.Clock;
import io.mempair.ha.time.SystemClock;
import io.mempair.proxy.config.ClientLimits;
import io.mempair.proxy.config.Distribution;
import io.mempair.proxy.config.PoolConfig;
import io.mempair.proxy.config.ProxyConfig;
import io.mempair.proxy.config.ServerAddress;
import io.mempair.proxy.config.ServerTimeouts;
import io.mempair.proxy.config.TransportChoice;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** A node over real JGroups on the loopback, and what is behind it: a proxy and an address in memory. */
final class TestNode {

    private static final ServerAddress MEMCACHED = new ServerAddress("127.0.0.1", 11_211);

    final FakeProxy proxy = new FakeProxy();
    final FakeWarmup warmup = new FakeWarmup();
    final BreakableClock clock = new BreakableClock();
    final FakeAddress address;
    final PairNode node;

    /** What the proxy runs by; the next reload tells it. */
    volatile PoolConfig pool;

    /** How the next reload ends, and when. */
    volatile CompletableFuture<String> reloaded = CompletableFuture.completedFuture("changed");

    final FakeChecks checks = new FakeChecks(clock);

    TestNode(String name, int priority, int port, int peerPort, FakeAddress.Segment segment) {
        address = new FakeAddress(segment);
        pool = new PoolConfig(List.of(MEMCACHED), List.of(), Distribution.MODULO, ServerTimeouts.DEFAULT);
        NodeConfig config = config(name, priority, port, peerPort, pool);
        node = new PairNode(
                config,
                proxy,
                () -> config(name, priority, port, peerPort, pool),
                new Reloading(() -> reloaded, clock, Duration.ofMillis(200)),
                warmup,
                null,
                new NodeParts(address, new GroupChannel(config.group(), name, clock), checks, clock));
    }

    Role role() {
        return node.status().role();
    }

    /** The agent's thread breaks on it when told so. */
    static final class BreakableClock implements Clock {
        private final SystemClock clock = new SystemClock();
        volatile boolean broken;

        @Override
        public long nanoTime() {
            if (broken && Thread.currentThread().getName().equals("mempair-agent")) {
                throw new IllegalStateException("a bug");
            }
            return clock.nanoTime();
        }

        @Override
        public long wallMillis() {
            return clock.wallMillis();
        }

        @Override
        public long hostMillis() {
            return clock.hostMillis();
        }

        @Override
        public void pause(Duration duration) {
            clock.pause(duration);
        }
    }

    private static NodeConfig config(String name, int priority, int port, int peerPort, PoolConfig pool) {
        return new NodeConfig(
                name,
                priority,
                true,
                new GroupConfig("127.0.0.1", port, List.of(new ServerAddress("127.0.0.1", peerPort)), Profile.DEFAULT),
                new VirtualAddressConfig("10.0.0.100", 24, "eth0"),
                HooksConfig.NONE,
                new ProxyConfig(List.of(MEMCACHED), pool, ClientLimits.DEFAULT, 1, TransportChoice.NIO),
                List.of(),
                new AdminConfig(new ServerAddress("127.0.0.1", 9_411), Path.of("unused.sock")),
                LogConfig.DEFAULT);
    }
}
