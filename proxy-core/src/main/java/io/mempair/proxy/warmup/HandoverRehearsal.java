package io.mempair.proxy.warmup;

import io.mempair.proxy.config.ServerAddress;
import io.mempair.proxy.handover.ClientHandover;
import io.mempair.proxy.server.ProxyServer;
import java.io.IOException;
import java.net.InetAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Moves connections of 127.0.0.1 from the warmed up proxy to itself, as both sides of a hand-over do: the first one of a process
 * is often its only one, and would run code that nothing has run before. Where connections cannot be moved, or it fails,
 * it is left out from then on. Confined to the thread of the warm-up.
 */
final class HandoverRehearsal {

    private static final Logger LOG = LoggerFactory.getLogger(HandoverRehearsal.class);

    /** In ten rehearsals of a warm-up each step is run often enough to be compiled. */
    private static final int CONNECTIONS = 100;

    /** For what takes milliseconds. */
    private static final long PATIENCE_SECONDS = 5;

    private final ProxyServer proxy;
    private final ServerAddress address;
    private boolean wanted;
    private int moved;

    /**
     * @param address  where the proxy listens
     * @param wanted   whether there will be hand-overs
     */
    HandoverRehearsal(ProxyServer proxy, ServerAddress address, boolean wanted) {
        this.proxy = proxy;
        this.address = address;
        this.wanted = wanted;
    }

    /** Connections moved so far. */
    int moved() {
        return moved;
    }

    /**
     * Rehearses once: the proxy is open, without clients, before and after it.
     *
     * @param batch  what a client asks before it and after it
     */
    void run(Batch batch) throws InterruptedException {
        wanted = wanted && proxy.handover().refusal() == null;
        if (!wanted) {
            return;
        }
        List<LoopbackClient> clients = new ArrayList<>();
        try {
            for (int i = 0; i < CONNECTIONS; i++) {
                LoopbackClient client = new LoopbackClient(address);
                clients.add(client);
                ask(client, batch);
            }
            move();
            clients.forEach(client -> tryAsking(client, batch));
        } catch (IOException | ExecutionException | TimeoutException e) {
            LOG.debug("no further rehearsal of a hand-over", e);
            wanted = false;
            proxy.handover().discard();
        } finally {
            closeAll(clients);
        }
    }

    private void move() throws IOException, InterruptedException, ExecutionException, TimeoutException {
        Queue<byte[]> copies = new ConcurrentLinkedQueue<>();
        Set<InetAddress> addresses = Set.of(ReservedPort.loopback());
        ClientHandover handover = proxy.handover();
        await(handover.quiesce(Duration.ofSeconds(PATIENCE_SECONDS)));
        await(handover.copy(addresses, copies::add));
        await(handover.closeCopies());
        await(proxy.drain(Duration.ZERO));
        await(proxy.dropClients());
        for (byte[] batch : copies) {
            await(handover.restore(batch));
        }
        moved += await(handover.restored()).moved();
        await(proxy.openAhead());
        await(handover.activate(false));
        await(handover.settle());
    }

    private static <T> T await(CompletionStage<T> stage)
            throws InterruptedException, ExecutionException, TimeoutException {
        return stage.toCompletableFuture().get(PATIENCE_SECONDS, TimeUnit.SECONDS);
    }

    private static void ask(LoopbackClient client, Batch batch) throws IOException {
        client.send(batch);
        client.receive(batch);
    }

    /** Nothing locks 127.0.0.1, as the address off does: what a client acknowledges in between costs its connection. */
    private static void tryAsking(LoopbackClient client, Batch batch) {
        try {
            ask(client, batch);
        } catch (IOException lost) {
            LOG.trace("a connection was lost in the rehearsal of a hand-over", lost);
        }
    }

    private static void closeAll(List<LoopbackClient> clients) {
        for (LoopbackClient client : clients) {
            try {
                client.close();
            } catch (IOException gone) {
                LOG.trace("closed already", gone);
            }
        }
    }
}
