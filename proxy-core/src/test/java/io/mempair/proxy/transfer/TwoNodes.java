package io.mempair.proxy.transfer;

import static org.awaitility.Awaitility.await;

import io.mempair.proxy.config.ClientLimits;
import io.mempair.proxy.config.PoolConfig;
import io.mempair.proxy.config.ProxyConfig;
import io.mempair.proxy.config.ServerAddress;
import io.mempair.proxy.config.TransportChoice;
import io.mempair.proxy.rebalance.RebalancePhase;
import io.mempair.proxy.replication.LayoutKnowledge;
import io.mempair.proxy.replication.ServerKnowledge;
import io.mempair.proxy.server.ProxyServer;
import io.mempair.proxy.testkit.RunningProxy;
import io.mempair.proxy.testkit.TextClient;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;

/**
 * Two proxies of a pair in one process, without an election: the test says who serves. What the one that serves finds out is told to
 * the other at once, and acknowledged unless the test prevents it.
 */
final class TwoNodes implements AutoCloseable {

    private final ExecutorService agent = Executors.newSingleThreadExecutor();
    private final Member a;
    private final Member b;

    /** Whether what was told reaches the other node. */
    volatile Predicate<LayoutKnowledge> arrives = told -> true;

    /** Whether its acknowledgement arrives. */
    volatile boolean acknowledges = true;

    /** Whether the other node is heard at all; if not, nobody waits for it. */
    volatile boolean heard = true;

    /** One node. */
    static final class Member {
        final ProxyServer server;
        final int port;
        private volatile boolean serves;

        private Member(PoolConfig pool) throws IOException {
            port = RunningProxy.freePort();
            server = new ProxyServer(config(pool));
        }

        ProxyConfig config(PoolConfig pool) {
            return new ProxyConfig(
                    List.of(new ServerAddress("127.0.0.1", port)), pool, ClientLimits.DEFAULT, 2, TransportChoice.AUTO);
        }

        List<String> reload(PoolConfig pool) throws Exception {
            return server.reload(config(pool)).toCompletableFuture().get(20, TimeUnit.SECONDS);
        }

        List<ServerAddress> servers() {
            return server.leadingPool().orElseThrow().primaries();
        }

        TextClient client() throws IOException {
            return TextClient.connect(port);
        }

        void fill(int count, String word) throws IOException {
            try (TextClient client = client()) {
                StoredKeys.store(client, count, word);
            }
        }

        void assertFilled(int count, String word) throws IOException {
            try (TextClient client = client()) {
                StoredKeys.assertStored(client, count, word, server.rebalance());
            }
        }

        void awaitPhase(RebalancePhase phase) {
            await(phase + " of " + server.rebalance())
                    .atMost(60, TimeUnit.SECONDS)
                    .pollInterval(5, TimeUnit.MILLISECONDS)
                    .until(() -> server.rebalance()
                            .filter(one -> one.phase() == phase)
                            .isPresent());
        }

        /** Until keys by the hundred are copied. */
        void awaitCopying() {
            await().until(() -> server.rebalance().orElseThrow().copied() > 500);
        }

        /** Until both tiers are those of {@code pool}. */
        void awaitServers(PoolConfig pool) {
            await("servers of the standby")
                    .atMost(20, TimeUnit.SECONDS)
                    .until(() -> server.leadingPool().orElseThrow().servers().equals(pool.servers()));
        }
    }

    TwoNodes(PoolConfig fileOfA, PoolConfig fileOfB) throws Exception {
        a = new Member(fileOfA);
        b = new Member(fileOfB);
        follow(a, b);
        follow(b, a);
        for (Member node : List.of(a, b)) {
            node.server.start().toCompletableFuture().get(10, TimeUnit.SECONDS);
        }
        serve(a);
    }

    private void follow(Member teller, Member listener) {
        teller.server.onKnowledge(() -> agent.execute(() -> tell(teller, listener)));
    }

    private void tell(Member teller, Member listener) {
        if (!teller.serves) {
            return;
        }
        ServerKnowledge knowledge = teller.server.knowledge();
        boolean arrived = heard && arrives.test(knowledge.layout());
        if (arrived && !listener.serves) {
            listener.server.learn(knowledge);
        }
        if (!heard || arrived) { // one that does not acknowledge is late
            teller.server.knownToPeers(knowledge.version());
        }
        if (!heard || (arrived && acknowledges)) {
            teller.server.acknowledgedByPeers(knowledge.version());
        }
    }

    Member a() {
        return a;
    }

    Member b() {
        return b;
    }

    private void serve(Member node) throws Exception {
        node.serves = true;
        agent.execute(() -> tell(node, other(node))); // as with each heartbeat
        node.server.open().toCompletableFuture().get(20, TimeUnit.SECONDS);
    }

    /** The node ends without a word, and the other one serves. */
    void kill(Member active) throws Exception {
        active.serves = false;
        active.server.close();
        agent.submit(() -> {}).get(); // nothing of it is under way any more
        heard = false;
        serve(other(active));
    }

    /** A planned change. */
    void switchOver(Member active) throws Exception {
        active.server.drain(Duration.ofSeconds(2)).toCompletableFuture().get(10, TimeUnit.SECONDS);
        active.serves = false;
        serve(other(active));
    }

    private Member other(Member one) {
        return one == a ? b : a;
    }

    @Override
    public void close() {
        a.server.close();
        b.server.close();
        agent.shutdownNow();
    }
}
