package io.mempair.proxy.backend;

import io.mempair.proxy.config.ServerTimeouts;
import io.mempair.proxy.health.ReconnectPolicy;
import io.mempair.proxy.loop.Fenced;
import io.mempair.proxy.loop.LoopContext;
import io.mempair.proxy.metrics.ProxyMeter;
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelOutboundBuffer;
import java.net.InetAddress;
import java.util.List;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * The connection of one event loop to one server, shared by all clients of the loop. Replies are matched to requests by
 * order, so an unexpected reply closes the connection and fails every request in flight: no reply can reach the wrong
 * client.
 *
 * <p>It is usable once the server has answered the {@link ConnectionHandshake}: a process that merely accepts (stopped,
 * or not memcached) never becomes usable. Until then requests fail immediately. {@link ConnectionLifecycle} opens and
 * closes its channels. Confined to its loop.
 */
public final class ServerConnection extends RequestStream implements Fenced {

    private final ConnectionLifecycle lifecycle;

    /**
     * @param loop        the loop it belongs to
     * @param bootstrap   makes channels on that loop; the handler is set here
     * @param state       the server, shared by the loops
     * @param timeouts    of connects and replies
     * @param reconnect   delays between attempts
     * @param backpressure  notified when too much is in flight
     * @param earlier     the loop's connection to the same server that this one replaces, or null
     */
    public ServerConnection(
            LoopContext loop,
            Bootstrap bootstrap,
            ServerState state,
            ServerTimeouts timeouts,
            ReconnectPolicy reconnect,
            Backpressure backpressure,
            @Nullable ServerConnection earlier) {
        super(loop, state, timeouts.request().toNanos(), backpressure, earlier);
        this.lifecycle = new ConnectionLifecycle(
                loop, this, bootstrap, timeouts, reconnect, earlier == null ? null : earlier.lifecycle);
    }

    /** Starts connecting and probing. The stage completes when the first attempt has succeeded or failed. */
    public CompletionStage<Void> start() {
        loop.watch(this);
        return lifecycle.start();
    }

    /** Changes the timeouts; requests in flight keep theirs. */
    public void change(ServerTimeouts next) {
        if (!next.equals(lifecycle.timeouts())) {
            inFlight.change(next.request().toNanos());
            lifecycle.change(next);
        }
    }

    /**
     * Closes after {@code graceNanos}, so that requests in progress can finish. A lost connection is not re-established
     * meanwhile.
     */
    public void retire(long graceNanos) {
        lifecycle.retire(graceNanos);
    }

    /**
     * Another connection to the same server replaces this one, and no client request is in flight. A remaining repair
     * request fails. The connection is drained, so that the server does not execute it after requests of the new
     * connection.
     */
    public void giveWay() {
        lifecycle.replaced();
        close();
    }

    /** Closes the connection permanently; requests in flight fail. */
    public void close() {
        loop.unwatch(this);
        lifecycle.end();
        lose(ServerFailure.CONNECTION_LOST, "closed");
    }

    /** Whether it is closed or retiring, and will not reconnect. */
    public boolean isEnding() {
        return lifecycle.isEnding();
    }

    @Override
    void late() {
        loop.counters().count(ProxyMeter.SERVER_TIMEOUTS);
        lose(
                ServerFailure.TIMED_OUT,
                "no answer in " + lifecycle.timeouts().request().toMillis() + " ms");
    }

    /** So many bytes have arrived. */
    void heard(int bytes) {
        loop.heardServer(bytes);
        lifecycle.heard();
        inFlight.heard();
    }

    /**
     * Sends a request without effect behind everything that was sent. One of the two runs, once, possibly before this
     * method returns.
     *
     * @param answered  when the server has answered it, and so executed everything before it
     * @param lost      when the connection is lost before, or is not in use
     */
    public void whenAllAnswered(Runnable answered, Runnable lost) {
        if (usable) {
            lifecycle.askVersion(version -> answered.run(), lost);
        } else {
            lost.run();
        }
    }

    /** Runs {@code over} when every request now in flight is answered or has failed; possibly immediately. */
    public void whenAllOver(Runnable over) {
        if (usable && inFlight.size() > 0) {
            lifecycle.askVersion(version -> over.run(), over);
        } else {
            over.run();
        }
    }

    /**
     * Determines the identity of the server, if the connection was opened when that did not matter.
     *
     * @param known  runs when the identity is known, is not needed, or cannot be determined
     */
    public void identify(Runnable known) {
        if (usable && state().hasTwin() && state().identity() == null) {
            lifecycle.identify(known);
        } else {
            known.run();
        }
    }

    /**
     * Sets the servers that share keys with this one.
     *
     * @param others    the loop's connections to those of the other tier; empty if there is none
     * @param isBackup  whether this one is of the backup tier
     */
    public void sharesKeysWith(List<ServerConnection> others, boolean isBackup) {
        lifecycle.sharesKeysWith(others, isBackup);
    }

    /** Resets the earlier connections that the server may still read from. */
    public void abortDrain() {
        lifecycle.abortDrain();
    }

    /**
     * Also when every request is answered: a value refused early may be partly unsent. And while the virtual address
     * it comes from is here: later no reset can be sent from there.
     */
    @Override
    public void cutOff() {
        Channel current = channel;
        InetAddress virtual = lifecycle.virtualSource();
        if (current != null && virtual != null) {
            lifecycle.abortDrain();
            lose(
                    ServerFailure.CONNECTION_LOST,
                    "came from " + virtual.getHostAddress() + ", which leaves this host",
                    true);
        } else if (current != null && (inFlight.hasFenced() || (usable && hasUnsent(current)))) {
            giveUp();
        }
    }

    private static boolean hasUnsent(Channel channel) {
        ChannelOutboundBuffer unsent = channel.unsafe().outboundBuffer();
        return unsent != null && unsent.totalPendingWriteBytes() > 0;
    }

    /** Closes with a reset, not a half close: the kernel must not send pending bytes either. */
    @Override
    void giveUp() {
        lose(ServerFailure.CONNECTION_LOST, "this node is no longer active", true);
    }

    @Override
    void lose(ServerFailure failure, String reason) {
        lose(failure, reason, false);
    }

    private void lose(ServerFailure failure, String reason, boolean reset) {
        Channel lost = channel;
        if (lost == null) {
            return;
        }
        discardChannel();
        lifecycle.close(lost, usable && inFlight.size() > 0, reset);
        if (usable) {
            usable = false;
            lifecycle.noLongerUsed(reason);
        }
        inFlight.failAll(failure);
        updateBackpressure();
        lifecycle.lost(reason);
    }

    /** Its connects, handshakes and losses. */
    ConnectionLifecycle lifecycle() {
        return lifecycle;
    }

    /** The server's {@code item_size_max} at the last handshake, or 0 if unknown. */
    public int longestItemBytes() {
        return lifecycle.longestItemBytes();
    }

    /** Timeout of a reply, in nanoseconds. */
    public long requestTimeoutNanos() {
        return lifecycle.timeouts().request().toNanos();
    }
}
