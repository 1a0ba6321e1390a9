package io.mempair.proxy.warmup;

import io.mempair.proxy.config.ClientLimits;
import io.mempair.proxy.config.ClientPolicy;
import io.mempair.proxy.config.ListenerConfig;
import io.mempair.proxy.config.PoolConfig;
import io.mempair.proxy.config.ProxyConfig;
import io.mempair.proxy.config.ServerAddress;
import io.mempair.proxy.config.ServerSecurity;
import io.mempair.proxy.config.ServerTimeouts;
import io.mempair.proxy.server.ProxyServer;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.netty.util.concurrent.Ticker;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BooleanSupplier;

/** The warmed up proxy between its servers and its clients. Confined to the thread of the warm-up. */
final class WarmupProxy implements AutoCloseable {

    /** Enough for every way through the code: more loops or servers add none. */
    private static final int MOST_LOOPS = 2;

    private static final int MOST_SERVERS = 3;
    private static final int TEXT_CLIENTS = 6;
    private static final int BINARY_CLIENTS = 2;

    /** Rounds between two times that the port is closed and opened again, and all clients are dropped. */
    private static final int ROUNDS_PER_CYCLE = 50;

    /** For what takes milliseconds. */
    private static final long PATIENCE_SECONDS = 5;

    private static final Duration PATIENCE = Duration.ofSeconds(PATIENCE_SECONDS);

    private final Ticker ticker = Ticker.systemTicker();
    private final WarmupRequests warmupRequests = new WarmupRequests();
    private final List<AutoCloseable> servers = new ArrayList<>();
    private final List<LoopbackClient> texts = new ArrayList<>();
    private final List<LoopbackClient> binaries = new ArrayList<>();
    private final ReservedPort port = new ReservedPort();
    private final ServerAddress address = new ServerAddress("127.0.0.1", port.number());
    private final ProxyServer proxy;
    private final HandoverRehearsal rehearsal;

    /**
     * Servers that listen, and a proxy that is not started.
     *
     * @param handover  whether hand-overs are rehearsed too
     */
    WarmupProxy(ProxyConfig like, boolean handover) throws IOException {
        try {
            proxy = new ProxyServer(warmedUp(like), level -> {}, ProxyServer.anyNumber(), LoopbackWarmup.THREADS);
        } catch (IOException | RuntimeException e) {
            closeAll(servers);
            port.close();
            throw e;
        }
        rehearsal = new HandoverRehearsal(proxy, address, handover);
    }

    /** Connections moved in rehearsals of hand-overs. */
    int rehearsed() {
        return rehearsal.moved();
    }

    /** As the real one, without what is about others: who may connect, logins, certificates, limits. */
    private ProxyConfig warmedUp(ProxyConfig like) throws IOException {
        PoolConfig pool = like.pool();
        ServerTimeouts patient = new ServerTimeouts(
                PATIENCE,
                PATIENCE,
                ServerTimeouts.DEFAULT.probe(),
                ServerTimeouts.DEFAULT.retryMin(),
                ServerTimeouts.DEFAULT.retryMax());
        return new ProxyConfig(
                ListenerConfig.tcp(List.of(address)),
                new PoolConfig(
                        asManyAs(pool.primaries()),
                        asManyAs(pool.backups()),
                        pool.placement().withoutLabels(),
                        patient,
                        ServerSecurity.NONE,
                        pool.copies()),
                ClientLimits.DEFAULT,
                ClientPolicy.OPEN,
                Math.min(MOST_LOOPS, like.loops()),
                like.transport());
    }

    private List<ServerAddress> asManyAs(List<ServerAddress> real) throws IOException {
        ThreadFactory threads = new DefaultThreadFactory(LoopbackWarmup.THREADS, true);
        List<ServerAddress> addresses = new ArrayList<>();
        for (int i = 0; i < Math.min(MOST_SERVERS, real.size()); i++) {
            LoopbackServer server = new LoopbackServer(threads);
            servers.add(server);
            addresses.add(server.address());
        }
        return addresses;
    }

    /**
     * Has every client ask what is its turn, wait for the answers, and so on until all is asked.
     *
     * @param stop  looked at between two batches
     * @return requests answered
     */
    int round(int round, BooleanSupplier stop)
            throws IOException, InterruptedException, ExecutionException, TimeoutException {
        if (round % ROUNDS_PER_CYCLE == 0) {
            raiseCurtain(round > 0);
        }
        // as a node's, which ends and is renewed
        proxy.lease(ticker.initialNanoTime() + ticker.nanoTime() + TimeUnit.SECONDS.toNanos(2 * PATIENCE_SECONDS));
        int requests = comeAndGo(round);
        for (int i = 0; i < warmupRequests.text(round).size() && !stop.getAsBoolean(); i++) {
            List<Batch> asked = new ArrayList<>();
            for (int c = 0; c < texts.size(); c++) {
                asked.add(warmupRequests.text(round + c).get(i));
            }
            requests += ask(texts, asked);
        }
        for (int i = 0; i < warmupRequests.binary(round).size() && !stop.getAsBoolean(); i++) {
            List<Batch> asked = new ArrayList<>();
            for (int c = 0; c < binaries.size(); c++) {
                asked.add(warmupRequests.binary(round + c).get(i));
            }
            requests += ask(binaries, asked);
        }
        return requests;
    }

    private static int ask(List<LoopbackClient> clients, List<Batch> batches) throws IOException {
        int requests = 0;
        for (int c = 0; c < clients.size(); c++) {
            clients.get(c).send(batches.get(c));
        }
        for (int c = 0; c < clients.size(); c++) {
            clients.get(c).receive(batches.get(c));
            requests += batches.get(c).requests();
        }
        return requests;
    }

    /** What a take-over does with the proxy, and before it, from the second time on, what the end of a reign does. */
    private void raiseCurtain(boolean again)
            throws IOException, InterruptedException, ExecutionException, TimeoutException {
        if (again) {
            await(proxy.drain(PATIENCE));
            await(proxy.dropClients());
            closeClients();
        } else {
            await(proxy.start());
            proxy.onKnowledge(() -> proxy.knownToPeers(Long.MAX_VALUE));
        }
        proxy.learn(proxy.knowledge());
        await(proxy.open());
        rehearsal.run(warmupRequests.text(0).get(1));
        for (int i = 0; i < TEXT_CLIENTS; i++) {
            texts.add(new LoopbackClient(address));
        }
        for (int i = 0; i < BINARY_CLIENTS; i++) {
            binaries.add(new LoopbackClient(address));
        }
    }

    private static void await(CompletionStage<Void> stage)
            throws InterruptedException, ExecutionException, TimeoutException {
        stage.toCompletableFuture().get(PATIENCE_SECONDS, TimeUnit.SECONDS);
    }

    /** A client that stays for one request, as those of PHP do; every other one is killed. */
    private int comeAndGo(int round) throws IOException {
        try (LoopbackClient client = new LoopbackClient(address)) {
            int requests =
                    ask(List.of(client), List.of(warmupRequests.text(round).get(1)));
            if (round % 2 == 0) {
                client.abort();
            }
            return requests;
        }
    }

    private void closeClients() {
        closeAll(texts);
        closeAll(binaries);
        texts.clear();
        binaries.clear();
    }

    private static void closeAll(List<? extends AutoCloseable> parts) {
        for (AutoCloseable part : parts) {
            try {
                part.close();
            } catch (Exception gone) {
                // it is as closed as it can be
            }
        }
    }

    @Override
    public void close() {
        closeClients();
        proxy.close();
        closeAll(servers);
        closeAll(List.of(port));
    }
}
