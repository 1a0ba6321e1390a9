package io.mempair.proxy.transfer;

import static org.awaitility.Awaitility.await;

import io.mempair.proxy.config.Distribution;
import io.mempair.proxy.config.PoolConfig;
import io.mempair.proxy.config.RebalancePolicy;
import io.mempair.proxy.config.ServerAddress;
import io.mempair.proxy.config.ServerTimeouts;
import io.mempair.proxy.rebalance.RebalancePhase;
import io.mempair.proxy.testkit.Memcached;
import io.mempair.proxy.testkit.RawClient;
import io.mempair.proxy.testkit.RunningProxy;
import io.mempair.proxy.testkit.TestTimeouts;
import io.mempair.proxy.testkit.TextClient;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/** Real servers and a proxy in front of some of them, which copies keys when they move. */
final class Cluster implements AutoCloseable {

    private static final int RATE = 200_000;

    private final List<Memcached> servers = new ArrayList<>();
    private final Distribution distribution;
    private final ServerTimeouts timeouts;
    private Duration keep = Duration.ZERO;
    private RunningProxy proxy;

    Cluster(int size, Distribution distribution, ServerTimeouts timeouts, String... options) throws IOException {
        this.distribution = distribution;
        this.timeouts = timeouts;
        for (int i = 0; i < size; i++) {
            servers.add(Memcached.started(options));
        }
    }

    static Cluster of(int size, Distribution distribution) throws IOException {
        return new Cluster(size, distribution, TestTimeouts.requests(Duration.ofSeconds(2)));
    }

    /** Starts the proxy in front of the servers with these numbers. */
    Cluster serving(int... numbers) throws Exception {
        proxy = RunningProxy.over(pool(addresses(numbers)));
        return this;
    }

    List<ServerAddress> addresses(int... numbers) {
        List<ServerAddress> addresses = new ArrayList<>();
        for (int number : numbers) {
            addresses.add(servers.get(number).address());
        }
        return addresses;
    }

    /** From now on the former servers are kept equal for that long. */
    Cluster keeping(Duration time) {
        keep = time;
        return this;
    }

    /** Starts the proxy in front of that pool. */
    Cluster serving(PoolConfig pool) throws Exception {
        proxy = RunningProxy.over(pool);
        return this;
    }

    /** Another proxy with this file, which knows nothing of the one that ends. */
    void restartedOver(PoolConfig file) throws Exception {
        proxy.close();
        serving(file);
    }

    PoolConfig pool(List<ServerAddress> addresses) {
        return pool(addresses, List.of());
    }

    PoolConfig pool(List<ServerAddress> primaries, List<ServerAddress> backups) {
        return new PoolConfig(primaries, backups, distribution, timeouts)
                .with(new RebalancePolicy(true, RATE, true, false, keep));
    }

    /** Begins to move keys to the servers with these numbers. */
    void reload(int... numbers) throws Exception {
        reload(pool(addresses(numbers)));
    }

    /** Begins to move keys to that pool. */
    void reload(PoolConfig next) throws Exception {
        proxy.reload(next, proxy.config().limits());
    }

    /** Moves keys to the servers with these numbers, until the former ones are kept equal. */
    void moveUntilKept(int... numbers) throws Exception {
        reload(numbers);
        awaitPhase(RebalancePhase.KEEP);
    }

    /** Moves keys to the servers with these numbers, and waits until nothing is left behind. */
    void move(int... numbers) throws Exception {
        reload(numbers);
        awaitPhase(RebalancePhase.DONE);
    }

    /** Begins a copy of about {@code rate} keys a second, and returns when some are copied. */
    void beginSlowly(int rate, PoolConfig next) throws Exception {
        reload(next.with(new RebalancePolicy(true, rate, true)));
        await().atMost(30, TimeUnit.SECONDS)
                .until(() ->
                        progress().phase() == RebalancePhase.COPY && progress().copied() > 50);
    }

    void awaitPhase(RebalancePhase phase) {
        await(phase + " of " + progress())
                .atMost(60, TimeUnit.SECONDS)
                .pollInterval(5, TimeUnit.MILLISECONDS)
                .until(() -> progress().phase() == phase);
    }

    RebalanceProgress progress() {
        return proxy.server().rebalance().orElseThrow();
    }

    RunningProxy proxy() {
        return proxy;
    }

    Memcached server(int number) {
        return servers.get(number);
    }

    TextClient client() throws IOException {
        return TextClient.connect(proxy.port());
    }

    /** Stores keys 0 to {@code count}, each with its number as value and as flags. */
    void fill(int count) throws IOException {
        try (TextClient client = client()) {
            StoredKeys.store(client, count, "value-");
        }
    }

    /** Each of them is there, as it was stored. */
    void assertFilled(int count) throws IOException {
        try (TextClient client = client()) {
            StoredKeys.assertStored(client, count, "value-", proxy.server().rebalance());
        }
    }

    /** The keys a server holds, however it came by them. */
    Set<String> keysOf(int number) throws IOException {
        Set<String> keys = new HashSet<>();
        try (RawClient direct = servers.get(number).client()) {
            direct.send("lru_crawler metadump hash\r\n");
            for (String line : direct.receiveUntil("END\r\n").split("\n")) {
                if (line.startsWith("key=")) {
                    keys.add(line.substring("key=".length(), line.indexOf(' ')));
                }
            }
        }
        return keys;
    }

    @Override
    public void close() {
        if (proxy != null) {
            proxy.close();
        }
        servers.forEach(Memcached::close);
    }
}
