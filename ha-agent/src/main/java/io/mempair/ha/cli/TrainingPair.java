package io.mempair.ha.cli;

import io.mempair.ha.admin.AdminServer;
import io.mempair.ha.agent.PairNode;
import io.mempair.ha.agent.Reloading;
import io.mempair.ha.config.NodeConfig;
import io.mempair.ha.time.SystemClock;
import io.mempair.proxy.config.ServerAddress;
import io.mempair.proxy.server.ProxyServer;
import io.mempair.proxy.warmup.Warmup;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BooleanSupplier;

/** Two nodes in one process that hand over to each other and are asked, as a training. One thread. */
final class TrainingPair {

    private static final Duration LIMIT = Duration.ofSeconds(20);
    private static final int ASK_MILLIS = 5_000;

    /** Waits until something is so. */
    interface Await {
        void until(Duration limit, String what, BooleanSupplier condition) throws CommandFailure;
    }

    /** A node with its faces. */
    private record TrainingNode(NodeConfig config, PairNode node, AdminServer admin) {

        static TrainingNode of(NodeConfig config) throws CommandFailure {
            var proxy = new ProxyServer(config.proxy(), Logging.NOT_BY_CLIENTS, config.number());
            var node = new PairNode(
                    config,
                    proxy,
                    () -> config,
                    new Reloading(Reloading.never("a training"), new SystemClock()),
                    Warmup.NONE,
                    null);
            return new TrainingNode(
                    config,
                    node,
                    Admin.open(node, config.admin().http(), config.admin().control()));
        }

        void stop() throws ExecutionException, InterruptedException, TimeoutException {
            node.stop().toCompletableFuture().get(LIMIT.toSeconds(), TimeUnit.SECONDS);
            admin.close();
        }

        void ask(ServerAddress address, String request) throws IOException {
            try (Socket socket = new Socket()) {
                socket.setSoTimeout(ASK_MILLIS);
                socket.connect(
                        new InetSocketAddress(InetAddress.getByName(address.host()), address.port()), ASK_MILLIS);
                socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
                socket.getInputStream().readAllBytes();
            }
        }
    }

    private final NodeConfig first;
    private final NodeConfig second;
    private final Await waiting;

    TrainingPair(NodeConfig first, NodeConfig second, Await waiting) {
        this.first = first;
        this.second = second;
        this.waiting = waiting;
    }

    /** The first becomes active, hands over to the second, and takes over when that stops. */
    void takeTurns() throws CommandFailure, IOException, ExecutionException, InterruptedException, TimeoutException {
        TrainingNode a = TrainingNode.of(first);
        TrainingNode b = TrainingNode.of(second);
        try {
            a.node().start();
            b.node().start();
            serves(a);
            ask(a);
            waiting.until(
                    LIMIT,
                    "the other node is standby",
                    () -> first.name().equals(b.node().status().activeNode()));
            a.node().switchover().toCompletableFuture().get(LIMIT.toSeconds(), TimeUnit.SECONDS);
            serves(b);
            ask(b);
        } finally {
            b.stop();
        }
        try {
            serves(a);
        } finally {
            a.stop();
        }
    }

    private void serves(TrainingNode member) throws CommandFailure {
        waiting.until(
                LIMIT,
                member.config().name() + " serves",
                () -> member.node().status().serves());
    }

    private static void ask(TrainingNode member) throws IOException {
        member.ask(member.config().proxy().listeners().tcp().get(0), "get a\r\nquit\r\n");
        for (String path : new String[] {"/health/active", "/status", "/metrics", "/"}) {
            member.ask(member.config().admin().http(), "GET " + path + " HTTP/1.0\r\n\r\n");
        }
    }
}
