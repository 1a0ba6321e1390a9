package io.mempair.proxy.frontend;

import io.mempair.proxy.command.CommandDispatcher;
import io.mempair.proxy.command.MetaDispatcher;
import io.mempair.proxy.command.ProxyFacts;
import io.mempair.proxy.command.binary.BinaryDispatcher;
import io.mempair.proxy.copies.ReplicatedReadContext;
import io.mempair.proxy.handover.ConnectionCopy;
import io.mempair.proxy.handover.MoveCounts;
import io.mempair.proxy.handover.NotMoved;
import io.mempair.proxy.handover.SendQueuePeek;
import io.mempair.proxy.loop.LoopContext;
import io.mempair.proxy.pool.ServingPlan;
import io.mempair.proxy.protocol.meta.MetaRequestParser;
import io.mempair.proxy.protocol.text.TextRequestParser;
import io.netty.channel.Channel;
import io.netty.channel.EventLoop;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The clients of one event loop. {@link #drain}, {@link #undrain} and {@link #dropAll} may be called by any thread;
 * the rest belongs to the loop.
 */
public final class ClientRegistry {

    private final LoopServices services;
    private final ConnectionLimiter limiter;
    private final IdleSweep idleSweep;
    private final TlsTurns tlsTurns;
    private final Set<ClientConnection> clients = new HashSet<>();
    private final Set<ClientConnection> draining = new HashSet<>();
    private final ConnectionRestorer restorer;

    /** Whether clients accepted from now on begin no request. */
    private boolean quiescing;

    /** Clients that were dropped since {@link #quiesce}: of an answer of theirs only a part had come in time. */
    private int lost;

    private CompletableFuture<Void> drained = CompletableFuture.completedFuture(null);

    /**
     * @param loop        the loop
     * @param plan        the servers, limits and rules of this moment
     * @param facts       what the proxy says of itself
     * @param allClients  connections over all loops
     */
    public ClientRegistry(LoopContext loop, ServingPlan plan, ProxyFacts facts, AtomicInteger allClients) {
        ReplicatedReadContext reads = new ReplicatedReadContext(loop, plan);
        MetaDispatcher meta = new MetaDispatcher(loop, plan, reads);
        this.services = new LoopServices(
                loop,
                plan,
                new TextRequestParser(),
                new CommandDispatcher(loop, plan, facts, reads),
                new MetaRequestParser(),
                meta,
                new BinaryDispatcher(loop, plan, meta, facts));
        this.limiter = new ConnectionLimiter(services, allClients);
        this.idleSweep = new IdleSweep(services, clients);
        this.tlsTurns = new TlsTurns(loop.eventLoop());
        this.restorer = new ConnectionRestorer(services, this);
        loop.memory().maxUnread(plan.limits().maxUnreadBytes());
    }

    /**
     * Takes a newly accepted channel of this loop: adds a handler, or refuses and closes it.
     *
     * @param tls  what makes the channel's TLS, or null for plain text
     */
    public void accept(Channel channel, ClientTls.@Nullable TlsTerms tls) {
        if (!limiter.admits(channel, tls != null)) {
            return;
        }
        ClientConnection client = new ClientConnection(channel, services, this);
        if (tls != null) {
            channel.pipeline().addLast(new ClientTls(services.loop(), channel, tls, client.memory(), tlsTurns));
        }
        channel.pipeline().addLast(client);
        if (quiescing) {
            client.quiesce();
        }
    }

    void countRestored(Channel channel) {
        limiter.count(channel);
    }

    /** Applies changed limits and rules. On the loop. */
    public void planChanged() {
        services.loop().memory().maxUnread(services.plan().limits().maxUnreadBytes());
        if (!clients.isEmpty()) {
            idleSweep.watch();
        }
    }

    void add(ClientConnection client) {
        clients.add(client);
        idleSweep.watch();
    }

    void remove(ClientConnection client) {
        clients.remove(client);
        drained(client);
    }

    void drained(ClientConnection client) {
        if (draining.remove(client) && draining.isEmpty()) {
            completeAfterFlush(drained);
        }
    }

    /** The last replies leave at the end of this turn; after the drain the caller may cut the network. */
    private void completeAfterFlush(CompletableFuture<Void> done) {
        services.loop().eventLoop().execute(() -> done.complete(null));
    }

    /** Takes no further request; completes when everything in flight is answered, or {@code graceNanos} are over. */
    public CompletionStage<Void> drain(long graceNanos) {
        return stop(graceNanos, ClientConnection::drain);
    }

    /**
     * As {@link #drain}, but keeps what clients send, for copies of their connections; also of clients that are accepted from
     * now on.
     */
    public CompletionStage<Void> quiesce(long graceNanos) {
        Runnable begin = () -> {
            quiescing = true;
            lost = 0;
        };
        return onLoop(begin).thenCompose(begun -> stop(graceNanos, ClientConnection::quiesce));
    }

    private CompletionStage<Void> stop(long graceNanos, Consumer<ClientConnection> how) {
        CompletableFuture<Void> done = new CompletableFuture<>();
        CompletionStage<Void> begun = onLoop(() -> {
            drained = done;
            draining.addAll(clients);
            List<ClientConnection> all = new ArrayList<>(clients);
            all.forEach(how);
            if (draining.isEmpty()) {
                completeAfterFlush(done);
            }
            services.loop().eventLoop().schedule(() -> done.complete(null), graceNanos, TimeUnit.NANOSECONDS);
        });
        return begun.thenCompose(ran -> services.loop().eventLoop().isShuttingDown() ? begun : done);
    }

    /** Serves the clients again that are still connected after a drain. */
    public CompletionStage<Void> undrain() {
        return onLoop(() -> {
            quiescing = false;
            clients.forEach(ClientConnection::undrain);
        });
    }

    /**
     * Copies the connections that are held since {@link #quiesce}. The stage completes with how many were; it fails if the loop
     * has ended.
     *
     * @param addresses  the virtual ones; connections to others stay
     * @param peek     reads what clients have not acknowledged, or null
     * @param sink     takes each encoded batch, on the loop
     */
    public CompletionStage<MoveCounts> copy(
            Set<InetAddress> addresses, @Nullable SendQueuePeek peek, Consumer<byte[]> sink) {
        EventLoop loop = services.loop().eventLoop();
        return CompletableFuture.supplyAsync(() -> List.copyOf(clients), loop)
                .thenCompose(all -> new ConnectionCopier(loop, addresses, peek, sink).copy(all))
                .thenApply(counts -> lost == 0 ? counts : counts.plus(lostOnes()));
    }

    private MoveCounts lostOnes() {
        return new MoveCounts(0, Map.of(NotMoved.IN_FLIGHT, lost));
    }

    void lostWhileHeld() {
        lost++;
    }

    /** The copies are not used: their connections are held again, until {@link #undrain}. */
    public CompletionStage<Void> takeBack() {
        return onLoop(() ->
                new ArrayList<>(clients).forEach(client -> client.handover().takeBack()));
    }

    /** Another node has the copied connections, or nobody: closes the sockets of copies without a packet. */
    public CompletionStage<Void> closeCopies() {
        return onLoop(() -> {
            quiescing = false;
            new ArrayList<>(clients).forEach(client -> client.handover().discard());
        });
    }

    /**
     * Restores copies of another node's connections; they neither read nor send.
     *
     * @param channels  makes a channel of a client, which does not read by itself
     */
    public CompletionStage<Void> restore(List<ConnectionCopy> copies, Supplier<Channel> channels) {
        return onLoop(() -> copies.forEach(copy -> restorer.restore(copy, channels)));
    }

    /** No further copy comes: completes when each is restored or has failed. */
    public CompletionStage<MoveCounts> restored() {
        return CompletableFuture.supplyAsync(restorer::end, services.loop().eventLoop())
                .thenCompose(complete -> complete);
    }

    /**
     * The restored connections are this node's: they serve.
     *
     * @param probes  whether each sends a packet at once
     */
    public CompletionStage<Void> activate(boolean probes) {
        return onLoop(() -> restorer.activateAll(probes));
    }

    /** This host has the address of the activated connections. */
    public CompletionStage<Void> settle() {
        return onLoop(restorer::settleAll);
    }

    /** How many segments the connections activated last have sent again. */
    public CompletionStage<Long> retransmitted() {
        return CompletableFuture.supplyAsync(
                        restorer::retransmitted, services.loop().eventLoop())
                .thenCompose(counted -> counted);
    }

    /** The restored connections are not this node's. */
    public CompletionStage<Void> discard() {
        return onLoop(restorer::discardAll);
    }

    /** Closes every client with a reset. */
    public CompletionStage<Void> dropAll(String reason) {
        return onLoop(() -> new ArrayList<>(clients).forEach(client -> client.drop(reason)));
    }

    /** Runs a task on the loop. A loop that has ended has no clients, so there is nothing to do. */
    private CompletionStage<Void> onLoop(Runnable task) {
        try {
            return CompletableFuture.runAsync(task, services.loop().eventLoop());
        } catch (RejectedExecutionException ended) {
            return CompletableFuture.completedFuture(null);
        }
    }
}
