package io.mempair.proxy.handover;

import java.net.InetAddress;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Hands the clients' connections over to another node, or takes them. Every method may be called from any thread and returns
 * without waiting. Who may do what, and when, is the agent's business.
 *
 * <p>At the source: {@link #quiesce}, then with the address off {@link #copy}, then either {@link #takeBack} and the proxy is
 * opened again, or {@link #closeCopies} and it is drained. At the target: {@link #restore} any number of times, {@link
 * #restored}, then {@link #activate} and {@link #settle}, or {@link #discard}.
 */
public interface ClientHandover {

    /** Moves nothing. */
    ClientHandover NONE = new ClientHandover() {};

    /** Why connections cannot be moved on this host, with a remedy; null if they can. */
    default @Nullable String refusal() {
        return "this proxy moves no connections";
    }

    /**
     * Begins no further request, and waits at most {@code grace} until those in flight are answered; then they are aborted. The
     * port stays open, and what clients send is kept. When the stage completes, the proxy sends no more requests to the servers.
     */
    default CompletionStage<Void> quiesce(Duration grace) {
        return CompletableFuture.completedFuture(null);
    }

    /**
     * Copies the connections to these addresses. No packet may reach them or leave them any more.
     *
     * @param sink  takes encoded copies, on any event loop
     */
    default CompletionStage<MoveCounts> copy(Set<InetAddress> addresses, Consumer<byte[]> sink) {
        return CompletableFuture.completedFuture(MoveCounts.NONE);
    }

    /** The copies are not used; the connections stay held until the proxy is opened. */
    default CompletionStage<Void> takeBack() {
        return CompletableFuture.completedFuture(null);
    }

    /** Closes the copied connections without a word to the clients. */
    default CompletionStage<Void> closeCopies() {
        return CompletableFuture.completedFuture(null);
    }

    /** Restores encoded copies. Fails with {@link IllegalArgumentException} if they are none. */
    default CompletionStage<Void> restore(byte[] copies) {
        return CompletableFuture.completedFuture(null);
    }

    /** No further copies come: completes when each is restored, or has failed. */
    default CompletionStage<MoveCounts> restored() {
        return CompletableFuture.completedFuture(MoveCounts.NONE);
    }

    /**
     * The restored connections serve.
     *
     * @param probes  whether each sends a packet at once, which its client acknowledges: by that this host's connection tracking
     *                knows the connection before a packet of the client comes, as if it had seen its beginning
     */
    default CompletionStage<Void> activate(boolean probes) {
        return CompletableFuture.completedFuture(null);
    }

    /** This host has the address of the activated connections. */
    default CompletionStage<Void> settle() {
        return CompletableFuture.completedFuture(null);
    }

    /** How many segments the connections activated last have sent again since, as far as they are still open. */
    default CompletionStage<Long> retransmitted() {
        return CompletableFuture.completedFuture(0L);
    }

    /** Closes the restored connections without a word to the clients. */
    default CompletionStage<Void> discard() {
        return CompletableFuture.completedFuture(null);
    }
}
