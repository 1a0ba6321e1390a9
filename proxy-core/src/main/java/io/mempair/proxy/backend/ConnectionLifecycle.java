package io.mempair.proxy.backend;

import io.mempair.proxy.config.ServerTimeouts;
import io.mempair.proxy.health.ReconnectPolicy;
import io.mempair.proxy.loop.LoopContext;
import io.mempair.proxy.metrics.ProxyMeter;
import io.mempair.proxy.replication.ServerIdentity;
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelOption;
import java.net.InetAddress;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Opens, probes, closes and reopens the channel of a {@link ServerConnection}, and tells the {@link ServerState} of it. The
 * order is: connect, {@link ConnectionHandshake}, comparison with the server that shares keys ({@link SameProcess}), in
 * use, lost, pause of the {@link ReconnectPolicy}, connect. Confined to the loop of the connection.
 */
final class ConnectionLifecycle {

    private final LoopContext loop;
    private final ServerConnection connection;
    private final ServerState state;
    private final ReconnectPolicy reconnect;
    private final Connector connector;
    private final ConnectionHandshake handshake;
    private final IdleProbe idleProbe;
    private final SameProcess sameProcess;
    private final HalfCloseDrain drain;
    private final CompletableFuture<Void> firstTry = new CompletableFuture<>();

    private ServerTimeouts timeouts;
    private @Nullable InetAddress virtualSource;
    private boolean takesAddress;
    private boolean ending;
    private boolean replaced;

    /**
     * @param bootstrap  makes channels on the loop; the handler is set here
     * @param earlier    the life of the loop's connection to the same server that this one replaces, or null
     */
    ConnectionLifecycle(
            LoopContext loop,
            ServerConnection connection,
            Bootstrap bootstrap,
            ServerTimeouts timeouts,
            ReconnectPolicy reconnect,
            @Nullable ConnectionLifecycle earlier) {
        this.loop = loop;
        this.connection = connection;
        this.state = connection.state();
        this.timeouts = timeouts;
        this.reconnect = reconnect;
        this.drain = earlier == null ? new HalfCloseDrain(state) : earlier.drain;
        this.sameProcess = new SameProcess(loop, connection);
        this.handshake = new ConnectionHandshake(connection, this::established, this::refused);
        this.idleProbe = new IdleProbe(loop, this::probe);
        this.connector = new Connector(
                bootstrap.handler(
                        new ServerChannelHandler(connection, state.access().tls())),
                loop,
                state,
                timeouts.connect());
    }

    /** Starts connecting and probing. The stage completes when the first attempt has succeeded or failed. */
    CompletionStage<Void> start() {
        idleProbe.every(timeouts.probe());
        connect();
        // slow name resolution must not delay the start
        long firstTryNanos = timeouts.connect().plus(timeouts.request()).toNanos();
        loop.eventLoop().schedule(() -> firstTry.complete(null), firstTryNanos, TimeUnit.NANOSECONDS);
        return firstTry;
    }

    ServerTimeouts timeouts() {
        return timeouts;
    }

    void change(ServerTimeouts next) {
        timeouts = next;
        reconnect.change(next.retryMin(), next.retryMax());
        connector.change(next.connect());
        idleProbe.every(next.probe());
    }

    /** Closes after {@code graceNanos}; a lost connection is not re-established meanwhile. */
    void retire(long graceNanos) {
        ending = true;
        idleProbe.stop();
        loop.eventLoop().schedule(connection::close, graceNanos, TimeUnit.NANOSECONDS);
    }

    /** Another connection to the server replaces this one, so unanswered requests are drained when it closes. */
    void replaced() {
        replaced = true;
    }

    /** Ends the attempts to connect; the caller closes the channel. */
    void end() {
        ending = true;
        idleProbe.stop();
        firstTry.complete(null);
    }

    /** Whether there will be no further attempt. */
    boolean isEnding() {
        return ending;
    }

    private void connect() {
        if (!ending) {
            connector.connect(this::startHandshake, this::retryLater);
        }
    }

    /** Starts the handshake, which must end before other requests may follow. */
    private void startHandshake(Channel connected) {
        if (ending) {
            connected.close();
            return;
        }
        loop.counters().count(ProxyMeter.SERVER_CONNECTS);
        state.traffic().opened(connected);
        virtualSource = state.access().source().virtualIn(connected.localAddress());
        connection.opened(connected);
        handshake.begin();
    }

    private void established(String version) {
        sameProcess.look(() -> becomeUsable(version), this::notUsed);
    }

    private void becomeUsable(String version) {
        connection.becomesUsable(ServerVersion.parse(version));
        reconnect.succeeded();
        state.reachability().comesFrom(virtualSource);
        state.reachability().connected(version);
        firstTry.complete(null);
    }

    /** The server answered the handshake with an error: it requires a password, or is not memcached. */
    private void refused(String request, String line) {
        connection.lose(ServerFailure.BAD_ANSWER, "answered '" + line + "' to " + request);
    }

    /** Closes the connection to a healthy server that is the same process as another one in use. */
    void notUsed(String reason) {
        connection.lose(ServerFailure.BAD_ANSWER, reason);
    }

    private void retryLater(String reason) {
        firstTry.complete(null);
        if (!ending) {
            loop.counters().count(ProxyMeter.SERVER_CONNECTION_FAILURES);
            long pauseNanos = reconnect.failed();
            state.reachability().unreachable(reason);
            loop.eventLoop().schedule(this::connect, pauseNanos, TimeUnit.NANOSECONDS);
        }
    }

    /** Sends a probe: its timeout detects a dead peer. */
    private void probe() {
        if (connection.usable() && connection.inFlight() == 0) {
            handshake.askVersion(version -> {});
        }
    }

    /** Bytes have arrived: no probe is needed now. */
    void heard() {
        idleProbe.heard();
    }

    /**
     * Closes the channel that the connection has just given up.
     *
     * @param mayOwe  whether the server may still execute requests that it has not answered
     * @param reset   whether the kernel must send no pending bytes either, so that a half close will not do
     */
    void close(Channel lost, boolean mayOwe, boolean reset) {
        boolean drains = mayOwe && state.drains() && (replaced || !ending);
        if (!reset && drains && HalfCloseDrain.can(lost)) {
            drain.begin(lost);
        } else {
            if (!reset && ending && lost.isActive()) {
                lost.config().setOption(ChannelOption.SO_LINGER, -1);
            }
            lost.close();
        }
        if (takesAddress) {
            takesAddress = false;
            state.addressInUse().end();
        } else {
            connector.unanswered();
        }
        virtualSource = null;
    }

    /** The virtual address that the channel comes from; null if it comes from an own one. */
    @Nullable
    InetAddress virtualSource() {
        return virtualSource;
    }

    /** The connection was in use until now. */
    void noLongerUsed(String reason) {
        if (ending) {
            state.reachability().closed();
        } else {
            state.reachability().lost(reason);
        }
    }

    /** The channel is closed and its requests have failed: tries again after a pause. */
    void lost(String reason) {
        retryLater(reason);
    }

    /**
     * Asks to serve from the connected address, where a server has just answered. Call it before using the identity of
     * that process: while other loops use another address, this process is not the server.
     *
     * @return whether it may; if not, the connection is dropped
     */
    boolean takeAddress() {
        takesAddress = state.beginsAt(connector.target());
        if (!takesAddress) {
            connection.lose(ServerFailure.CONNECTION_LOST, "another address of its name is in use");
        }
        return takesAddress;
    }

    /** The server has reported its clock, in seconds. */
    void showsTime(long seconds) {
        state.clock().shows(seconds, loop.nowNanos());
    }

    /** The server has reported its identity. */
    void identified(ServerIdentity identity) {
        state.identified(identity, connector.target());
    }

    /** As {@link ServerConnection#identify}. */
    void identify(Runnable known) {
        IdentityRequest.ask(
                connection,
                () -> sameProcess.look(known, reason -> {
                    notUsed(reason);
                    known.run();
                }),
                known);
    }

    /** As {@link ServerConnection#sharesKeysWith}. */
    void sharesKeysWith(List<ServerConnection> others, boolean isBackup) {
        sameProcess.partners(others, isBackup);
    }

    /** As {@link ConnectionHandshake#askVersion(Consumer, Runnable)}. */
    void askVersion(Consumer<String> answered, Runnable unanswered) {
        handshake.askVersion(answered, unanswered);
    }

    /** The server's {@code item_size_max} at the last handshake, or 0 if unknown. */
    int longestItemBytes() {
        return handshake.longestItemBytes();
    }

    /** Resets the earlier channels that the server may still read from. */
    void abortDrain() {
        drain.abort();
    }
}
