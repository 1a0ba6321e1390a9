package io.mempair.proxy.backend;

import io.mempair.proxy.config.ServerTimeouts;
import io.mempair.proxy.health.ReconnectPolicy;
import io.mempair.proxy.inspect.LoopInspector;
import io.mempair.proxy.loop.Fenced;
import io.mempair.proxy.loop.LoopContext;
import io.mempair.proxy.loop.MemoryAccount;
import io.mempair.proxy.loop.OutputBatch;
import io.mempair.proxy.metrics.LoopLatencies;
import io.mempair.proxy.metrics.ProxyMeter;
import io.mempair.proxy.metrics.TimedCommand;
import io.mempair.proxy.protocol.text.ReplyLine;
import io.mempair.proxy.protocol.text.ReplyShape;
import io.mempair.proxy.protocol.text.TextReplies;
import io.mempair.proxy.replication.ReplicaStatus;
import io.mempair.proxy.replication.ServerIdentity;
import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelOption;
import io.netty.channel.ChannelOutboundBuffer;
import java.net.InetAddress;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The connection of one event loop to one server, shared by all clients of the loop. Replies are matched to requests by
 * order, so an unexpected reply closes the connection and fails every request in flight: no reply can reach the wrong
 * client.
 *
 * <p>It is usable once the server has answered the {@link ConnectionHandshake}: a process that merely accepts (stopped,
 * or not memcached) never becomes usable. Until then requests fail immediately. {@link ReconnectPolicy} decides when to
 * reconnect. Confined to its loop.
 */
public final class ServerConnection implements Fenced {

    private static final Logger LOG = LoggerFactory.getLogger(ServerConnection.class);

    /** Requests in flight at which reading clients stops. */
    private static final int PAUSE_FROM = 8_192;

    /** Requests in flight below which reading resumes. */
    private static final int RESUME_BELOW = 2_048;

    private final LoopContext loop;
    private final Connector connector;
    private final ServerState state;
    private final ReconnectPolicy reconnect;
    private final Backpressure backpressure;
    private final InFlightQueue inFlight;
    private final AtomicInteger counted;
    private final ConnectionHandshake handshake;
    private final IdleProbe signOfLife;
    private final SameProcess sameProcess;
    private final HalfCloseDrain drain;
    private final boolean secured;
    private final @Nullable LoopLatencies latencies;
    private final MemoryAccount memory;
    private final CompletableFuture<Void> firstTry = new CompletableFuture<>();

    private ServerTimeouts timeouts;
    private @Nullable Channel channel;
    private @Nullable OutputBatch output;
    private @Nullable InetAddress virtualSource;
    private boolean takesAddress;
    private boolean usable;
    private boolean speaksMeta;
    private boolean takesIds;
    private boolean sparesThisSecond;
    private boolean overloaded;
    private boolean ending;
    private boolean replaced;

    /**
     * @param loop        the loop it belongs to
     * @param bootstrap   makes channels on that loop; the handler is set here
     * @param state       the server, shared by the loops
     * @param timeouts    of connects and replies
     * @param reconnect   delays between attempts
     * @param backpressure  notified when too much is in flight
     */
    public ServerConnection(
            LoopContext loop,
            Bootstrap bootstrap,
            ServerState state,
            ServerTimeouts timeouts,
            ReconnectPolicy reconnect,
            Backpressure backpressure) {
        this(loop, bootstrap, state, timeouts, reconnect, backpressure, null);
    }

    /**
     * As {@link #ServerConnection(LoopContext, Bootstrap, ServerState, ServerTimeouts, ReconnectPolicy, Backpressure)}.
     *
     * @param earlier  the loop's connection to the same server that this one replaces, or null
     */
    public ServerConnection(
            LoopContext loop,
            Bootstrap bootstrap,
            ServerState state,
            ServerTimeouts timeouts,
            ReconnectPolicy reconnect,
            Backpressure backpressure,
            @Nullable ServerConnection earlier) {
        this.loop = loop;
        this.state = state;
        this.timeouts = timeouts;
        this.counted = earlier == null ? state.inFlightOfOneLoop() : earlier.counted;
        this.inFlight = new InFlightQueue(
                loop, state.address(), timeouts.request().toNanos(), this::late, this::leftBytes, counted);
        this.reconnect = reconnect;
        this.backpressure = backpressure;
        this.drain = earlier == null ? new HalfCloseDrain(state) : earlier.drain;
        this.secured = state.access().tls() != null;
        this.memory = loop.memory().openShared(this::recount);
        this.latencies = earlier == null ? state.latenciesOfOneLoop() : earlier.latencies;
        this.sameProcess = new SameProcess(loop, this);
        this.handshake = new ConnectionHandshake(this, this::established, this::refused);
        this.signOfLife = new IdleProbe(loop, this::probe);
        this.connector = new Connector(
                bootstrap.handler(new ServerChannelHandler(this, state.access().tls())),
                loop,
                state,
                timeouts.connect());
    }

    /** Starts connecting and probing. The stage completes when the first attempt has succeeded or failed. */
    public CompletionStage<Void> start() {
        signOfLife.every(timeouts.probe());
        loop.watch(this);
        connect();
        // slow name resolution must not delay the start
        long firstTryNanos = timeouts.connect().plus(timeouts.request()).toNanos();
        loop.eventLoop().schedule(() -> firstTry.complete(null), firstTryNanos, TimeUnit.NANOSECONDS);
        return firstTry;
    }

    /** Changes the timeouts; requests in flight keep theirs. */
    public void change(ServerTimeouts next) {
        if (!next.equals(timeouts)) {
            timeouts = next;
            inFlight.change(next.request().toNanos());
            reconnect.change(next.retryMin(), next.retryMax());
            connector.change(next.connect());
            signOfLife.every(next.probe());
        }
    }

    /**
     * Closes after {@code graceNanos}, so that requests in progress can finish. A lost connection is not re-established
     * meanwhile.
     */
    public void retire(long graceNanos) {
        ending = true;
        signOfLife.stop();
        loop.eventLoop().schedule(this::close, graceNanos, TimeUnit.NANOSECONDS);
    }

    /**
     * Another connection to the same server replaces this one, and no client request is in flight. A remaining repair
     * request fails. The connection is drained, so that the server does not execute it after requests of the new
     * connection.
     */
    public void giveWay() {
        replaced = true;
        close();
    }

    /** Whether it is closed or retiring, and will not reconnect. */
    public boolean isEnding() {
        return ending;
    }

    /**
     * Whether clients may be served from it now: it is usable, and the server has missed no write. With one copy the
     * same as {@link #usable}.
     */
    public boolean serves() {
        return usable && state.replica().status() != ReplicaStatus.OUT;
    }

    /** Whether a request may be sent now. */
    public boolean usable() {
        return usable;
    }

    /** The output for a request's bytes, before {@link #sent}. Only while {@link #usable}, or during the handshake. */
    public OutputBatch output() {
        if (output == null) {
            throw new AssertionError("output of a connection that is not usable: " + state.address());
        }
        return output;
    }

    /** Enqueues a request whose bytes were just appended to {@link #output}. */
    public void sent(ServerRequest request) {
        OutputBatch out = output();
        if (request.isFenced()) {
            out.holdsRequest();
        }
        if (secured) {
            out.endRequest();
        }
        inFlight.add(request, output().position());
        updateBackpressure();
    }

    /**
     * Writes and enqueues a request. If writing throws, it and all requests in flight fail: no other request can follow
     * half a request.
     *
     * @param bytes  appends the request
     */
    public void send(ServerRequest request, Consumer<OutputBatch> bytes) {
        try {
            bytes.accept(output());
            sent(request);
        } catch (RuntimeException | Error defect) {
            unsent(request, defect);
        }
    }

    /**
     * An exception prevented a request from being written or enqueued: fails it and closes the connection, because no
     * other request can follow half a request.
     */
    public void unsent(ServerRequest request, Throwable defect) {
        unsent(defect);
        request.failed(ServerFailure.CONNECTION_LOST);
    }

    /** As {@link #unsent(ServerRequest, Throwable)}, for a request that does not exist yet. */
    public void unsent(Throwable defect) {
        loop.threw(defect);
        LOG.error("internal error: a request to server {} was not sent", state.address(), defect);
        lose(ServerFailure.CONNECTION_LOST, "a request was not sent: " + defect);
    }

    /** Closes the connection permanently; requests in flight fail. */
    public void close() {
        ending = true;
        loop.unwatch(this);
        signOfLife.stop();
        firstTry.complete(null);
        lose(ServerFailure.CONNECTION_LOST, "closed");
    }

    private void recount() {
        if (output != null) {
            output.recount();
        }
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
        channel = connected;
        virtualSource = state.access().source().virtualIn(connected.localAddress());
        output = secured
                ? OutputBatch.inRecords(loop, connected, memory, this::giveUp)
                : OutputBatch.toServer(loop, connected, memory, this::giveUp);
        output.onLongTurn(inFlight::leftLate);
        handshake.begin();
    }

    private long leftBytes() {
        return output == null ? 0 : output.leftBytes();
    }

    private void established(String version) {
        sameProcess.look(() -> becomeUsable(version), this::notUsed);
    }

    private void becomeUsable(String version) {
        usable = true;
        ServerVersion numbers = ServerVersion.parse(version);
        speaksMeta = numbers.speaksMeta();
        takesIds = numbers.takesIds();
        sparesThisSecond = numbers.sparesThisSecond();
        reconnect.succeeded();
        state.comesFrom(virtualSource);
        state.connected(version);
        firstTry.complete(null);
    }

    /** The server answered the handshake with an error: it requires a password, or is not memcached. */
    private void refused(String request, String line) {
        lose(ServerFailure.BAD_ANSWER, "answered '" + line + "' to " + request);
    }

    /** Closes the connection to a healthy server that is the same process as another one in use. */
    void notUsed(String reason) {
        lose(ServerFailure.BAD_ANSWER, reason);
    }

    /** Whether the channel still belongs to that output. Another channel may lead to another process. */
    public boolean speaksOver(OutputBatch earlier) {
        return output == earlier;
    }

    private void retryLater(String reason) {
        firstTry.complete(null);
        if (!ending) {
            loop.counters().count(ProxyMeter.SERVER_CONNECTION_FAILURES);
            long pauseNanos = reconnect.failed();
            state.unreachable(reason);
            loop.eventLoop().schedule(this::connect, pauseNanos, TimeUnit.NANOSECONDS);
        }
    }

    /** Sends a probe: its timeout detects a dead peer. */
    private void probe() {
        if (usable && inFlight.size() == 0) {
            handshake.askVersion(version -> {});
        }
    }

    private void late() {
        loop.counters().count(ProxyMeter.SERVER_TIMEOUTS);
        lose(ServerFailure.TIMED_OUT, "no answer in " + timeouts.request().toMillis() + " ms");
    }

    /** Bytes have arrived: no probe is needed now. */
    void heard() {
        signOfLife.heard();
        inFlight.heard();
    }

    /** Records the server's clock, in seconds. */
    void showsTime(long seconds) {
        state.clockShows(seconds, loop.nowNanos());
    }

    /**
     * Sends a request without effect behind everything that was sent.
     *
     * @param answered  runs when the server has answered it, and so executed everything before it; never if the
     *     connection is lost
     */
    public void whenAllAnswered(Runnable answered) {
        if (usable) {
            handshake.askVersion(version -> answered.run());
        }
    }

    /** Runs {@code over} when every request now in flight is answered or has failed; possibly immediately. */
    public void whenAllOver(Runnable over) {
        if (usable && inFlight.size() > 0) {
            handshake.askVersion(version -> over.run(), over);
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
        if (usable && state.hasTwin() && state.identity() == null) {
            IdentityRequest.ask(
                    this,
                    () -> sameProcess.look(known, reason -> {
                        notUsed(reason);
                        known.run();
                    }),
                    known);
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
        sameProcess.partners(others, isBackup);
    }

    /** Resets the earlier connections that the server may still read from. */
    public void abortDrain() {
        drain.abort();
    }

    /**
     * Also when every request is answered: a value refused early may be partly unsent. And while the virtual address
     * it comes from is here: later no reset can be sent from there.
     */
    @Override
    public void cutOff() {
        Channel current = channel;
        if (current != null && virtualSource != null) {
            drain.abort();
            lose(
                    ServerFailure.CONNECTION_LOST,
                    "came from " + virtualSource.getHostAddress() + ", which leaves this host",
                    false);
        } else if (current != null && (inFlight.hasFenced() || (usable && hasUnsent(current)))) {
            giveUp();
        }
    }

    private static boolean hasUnsent(Channel channel) {
        ChannelOutboundBuffer unsent = channel.unsafe().outboundBuffer();
        return unsent != null && unsent.totalPendingWriteBytes() > 0;
    }

    /** Closes with a reset, not a half close: the kernel must not send pending bytes either. */
    private void giveUp() {
        lose(ServerFailure.CONNECTION_LOST, "this node is no longer active", false);
    }

    /** Drops the channel, fails the requests in flight and reconnects. A second call has no effect. */
    void lose(ServerFailure failure, String reason) {
        lose(failure, reason, true);
    }

    private void lose(ServerFailure failure, String reason, boolean mayLinger) {
        Channel lost = channel;
        if (lost == null) {
            return;
        }
        channel = null;
        if (output != null) {
            output.discard();
            output = null;
            memory.unsent(0);
        }
        boolean mayOwe = usable && state.hasTwin() && inFlight.size() > 0 && (replaced || !ending);
        if (mayLinger && mayOwe && HalfCloseDrain.can(lost)) {
            drain.begin(lost);
        } else {
            if (mayLinger && ending && lost.isActive()) {
                lost.config().setOption(ChannelOption.SO_LINGER, -1);
            }
            lost.close();
        }
        giveAddressBack();
        virtualSource = null;
        if (usable) {
            usable = false;
            if (ending) {
                state.closed();
            } else {
                state.lost(reason);
            }
        }
        inFlight.failAll(failure);
        updateBackpressure();
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
            lose(ServerFailure.CONNECTION_LOST, "another address of its name is in use");
        }
        return takesAddress;
    }

    /** The server has reported its identity. */
    void identified(ServerIdentity identity) {
        state.identified(identity, connector.target());
    }

    private void giveAddressBack() {
        if (takesAddress) {
            takesAddress = false;
            state.addressInUse().end();
        } else {
            connector.unanswered();
        }
    }

    /** Whether {@code candidate} is the current channel; events of older ones are ignored. */
    boolean uses(Channel candidate) {
        return channel == candidate;
    }

    @Nullable
    ReplyShape expected() {
        ServerRequest oldest = inFlight.oldest();
        return oldest == null ? null : oldest.shape();
    }

    /** The request whose reply is arriving. */
    ServerRequest answering() {
        ServerRequest oldest = inFlight.oldest();
        if (oldest == null) {
            throw new AssertionError("reply without a request: " + state.address());
        }
        return oldest;
    }

    void retrievalEnds() {
        ServerRequest answered = answered();
        try {
            answered.retrievalEnds();
        } catch (RuntimeException | Error defect) {
            neverAnswered(answered);
            throw defect;
        }
        handled();
        updateBackpressure();
    }

    void line(ByteBuf in, int index, int length, ReplyLine meaning) {
        ServerRequest answered = answered();
        try {
            answered.line(in, index, length, meaning);
        } catch (RuntimeException | Error defect) {
            neverAnswered(answered);
            throw defect;
        }
        handled();
        updateBackpressure();
        boolean badFormat = meaning == ReplyLine.CLIENT_ERROR && TextReplies.isBadFormat(in, index, length);
        if (meaning.isError() && answered.shape().mayHaveReadDataAsCommands(meaning, badFormat)) {
            lose(ServerFailure.BAD_ANSWER, "refused a storage command it should have understood");
        }
    }

    /** Fails a request that is no longer in flight; the caller closes the connection. */
    private void neverAnswered(ServerRequest request) {
        inFlight.fail(request, ServerFailure.CONNECTION_LOST);
    }

    /** Removes and returns the oldest request, whose reply is complete. */
    private ServerRequest answered() {
        ServerRequest request = inFlight.removeOldest();
        LoopLatencies counted = latencies;
        TimedCommand command = request.command;
        if (counted != null && command != null) {
            counted.count(command, loop.nowNanos() - request.sentNanos);
        }
        LoopInspector inspector = loop.inspector();
        if (inspector != null) {
            inspector.handles(state.address(), request.sentNanos);
        }
        return request;
    }

    private void handled() {
        LoopInspector inspector = loop.inspector();
        if (inspector != null) {
            inspector.handled();
        }
    }

    /** Whether the server supports the meta commands in their form since memcached 1.6.10. */
    public boolean speaksMeta() {
        return speaksMeta;
    }

    /** Whether a write can set the cas id, as in memcached 1.6.27 and later; as of the last handshake. */
    public boolean takesIds() {
        return takesIds;
    }

    /** Whether {@code flush_all} spares items stored in the same second; as of the last handshake. */
    public boolean sparesThisSecond() {
        return sparesThisSecond;
    }

    /** The writability of the channel has changed. */
    void updateBackpressure() {
        Channel current = channel;
        boolean full = current != null && !current.isWritable();
        int pending = inFlight.size();
        boolean now = current != null && (full || pending >= (overloaded ? RESUME_BELOW : PAUSE_FROM));
        if (now != overloaded) {
            overloaded = now;
            backpressure.changed(now);
        }
    }

    /** The server's {@code item_size_max} at the last handshake, or 0 if unknown. */
    public int longestItemBytes() {
        return handshake.longestItemBytes();
    }

    /** Timeout of a reply, in nanoseconds. */
    public long requestTimeoutNanos() {
        return timeouts.request().toNanos();
    }

    /** Number of requests in flight. */
    public int inFlight() {
        return inFlight.size();
    }

    /** An exception on its channel; reports it if it concerns more than the connection. */
    void threw(Throwable cause) {
        loop.threw(cause);
    }

    /** The state of the server, shared by all loops. */
    public ServerState state() {
        return state;
    }
}
