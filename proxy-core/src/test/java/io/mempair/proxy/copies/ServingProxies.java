package io.mempair.proxy.copies;

import io.mempair.proxy.config.PoolConfig;
import io.mempair.proxy.server.PausedProxy;
import io.mempair.proxy.server.ProxyServer;
import io.mempair.proxy.server.QuiescedReloads;
import io.mempair.proxy.testkit.ReplicaStatuses;
import io.mempair.proxy.testkit.RunningProxy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;

/**
 * Proxies over the same servers, of which one serves. The others are told what it finds out, as the nodes of a pair do over
 * their channel. One thread hands over; any thread asks.
 */
final class ServingProxies implements AutoCloseable {

    private static final Duration GRACE = Duration.ofMillis(200);

    private final List<RunningProxy> proxies = new ArrayList<>();
    private final ExecutorService channel = Executors.newSingleThreadExecutor();
    private volatile int serving;

    private ServingProxies() {}

    /** The first serves. */
    static ServingProxies start(int count, PoolConfig pool, int loops, long seed) throws Exception {
        ServingProxies all = new ServingProxies();
        for (int i = 0; i < count; i++) {
            RunningProxy proxy = PausedProxy.over(pool, loops, seed + i);
            all.proxies.add(proxy);
            ReplicaStatuses.awaitUp(proxy);
            if (i > 0) {
                stepDown(proxy.server());
            }
        }
        if (all.areMany()) {
            all.proxies.forEach(proxy -> proxy.server().onKnowledge(() -> all.tell(proxy)));
        }
        return all;
    }

    RunningProxy serving() {
        return proxies.get(serving);
    }

    boolean areMany() {
        return proxies.size() > 1;
    }

    private static void stepDown(ProxyServer proxy) throws Exception {
        RunningProxy.await(proxy.drain(GRACE));
        RunningProxy.await(proxy.dropClients());
    }

    private void tell(RunningProxy proxy) {
        try {
            channel.execute(() -> {
                if (proxy == serving()) {
                    tellOthers(proxy);
                }
            });
        } catch (RejectedExecutionException closed) {
            // nobody is to be told any more
        }
    }

    private void tellOthers(RunningProxy proxy) {
        var knowledge = proxy.server().knowledge();
        for (RunningProxy other : proxies) {
            if (other != proxy) {
                other.server().learn(knowledge);
            }
        }
        proxy.server().knownToPeers(knowledge.version());
    }

    /** Ends the reign of one, then begins that of the next. */
    void handOver() throws Exception {
        RunningProxy old = serving();
        stepDown(old.server());
        channel.submit(() -> tellOthers(old)).get(10, TimeUnit.SECONDS);
        serving = (serving + 1) % proxies.size();
        RunningProxy.await(serving().server().open());
        tell(serving());
    }

    /** For the message of a test that failed. */
    String describe() throws InterruptedException {
        StringBuilder text = new StringBuilder();
        for (RunningProxy proxy : proxies) {
            text.append(proxy == serving() ? "serving: " : "\nother: ").append(QuiescedReloads.describe(proxy));
        }
        return text.toString();
    }

    @Override
    public void close() {
        proxies.forEach(RunningProxy::close);
        channel.shutdownNow();
    }
}
