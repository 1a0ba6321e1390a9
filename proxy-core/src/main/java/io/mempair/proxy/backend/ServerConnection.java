package io.mempair.proxy.backend;

import io.mempair.proxy.config.ServerTimeouts;
import io.mempair.proxy.health.ReconnectPolicy;
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
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The connection of one event loop to one server, shared by all clients of the loop. Answers are matched
 * to requests by order, so anything unexpected ends the connection: every request in flight then fails, and no
 * answer can reach the wrong client.
 *
 * <p>It is usable once the server has answered its {@link ConnectionHandshake}: a process that only accepts (stopped, or no memcached at
 * all) never becomes usable. While it is not, requests are refused at once and do not wait.
 * A lost connection is made again by {@link ReconnectPolicy}. Confined to its loop.
 */
public final class ServerConnection implements Fenced {

    private static final Logger LOG = LoggerFactory.getLogger(ServerConnection.class);

    /** Requests in flight from which clients are no longer read. */
    private static final int CONGESTED_FROM = 8_192;

    /** Requests in flight below which they are read again. */
    private static final int RELIEVED_BELOW = 2_048;

    private final LoopContext loop;
    private final Connector connector;
    private final ServerState state;
    private final ReconnectPolicy reconnect;
    private final Backpressure congestion;
    private final InFlightQueue inFlight;
    private final ConnectionHandshake greeting;
    private final IdleProbe signOfLife;
    private final SameProcess sameProcess;
    private final HalfCloseDrain lingering;
    private final boolean secured;
    private final @Nullable LoopLatencies latencies;
    private final MemoryAccount memory;
    private final CompletableFuture<Void> firstTry = new CompletableFuture<>();

    private ServerTimeouts timeouts;
    private @Nullable Channel channel;
    private @Nullable OutputBatch output;
    private boolean takesAddress;
    private boolean usable;
    private boolean speaksMeta;
    private boolean takesIds;
    private boolean sparesThisSecond;
    private boolean congested;
    private boolean ending;
    private boolean replaced;

    /**
     * @param loop        the loop it belongs to
     * @param bootstrap   makes channels on that loop; the handler is set here
     * @param state       the server, shared by the loops
     * @param timeouts    how long to wait
     * @param reconnect   when to try again
     * @param congestion  told when too much is in flight
     */
    public ServerConnection(
            LoopContext loop,
            Bootstrap bootstrap,
            ServerState state,
            ServerTimeouts timeouts,
            ReconnectPolicy reconnect,
            Backpressure congestion) {
        this(loop, bootstrap, state, timeouts, reconnect, congestion, null);
    }

    /**
     * As {@link #ServerConnection(LoopContext, Bootstrap, ServerState, ServerTimeouts, ReconnectPolicy, Backpressure)}.
     *
     * @param earlier  the loop's connection to the same server, which this one is to replace; or null
     */
    public ServerConnection(
            LoopContext loop,
            Bootstrap bootstrap,
            ServerState state,
            ServerTimeouts timeouts,
            ReconnectPolicy reconnect,
            Backpressure congestion,
            @Nullable ServerConnection earlier) {
        this.loop = loop;
        this.state = state;
        this.timeouts = timeouts;
        this.inFlight = new InFlightQueue(loop, timeouts.request().toNanos(), this::late, this::leftBytes);
        this.reconnect = reconnect;
        this.congestion = congestion;
        this.lingering = earlier == null ? new HalfCloseDrain(state) : earlier.lingering;
        this.secured = state.access().tls() != null;
        this.memory = loop.memory().openShared(this::recount);
        this.latencies = earlier == null ? state.latenciesOfOneLoop() : earlier.latencies;
        this.sameProcess = new SameProcess(loop, this);
        this.greeting = new ConnectionHandshake(this, this::greeted, this::refused);
        this.signOfLife = new IdleProbe(loop, this::probe);
        this.connector = new Connector(
                bootstrap.handler(new ServerChannelHandler(this, state.access().tls())),
                loop.eventLoop(),
                state,
                timeouts.connect());
    }

    /** Begins to connect, and to probe. The stage completes when the first try has ended either way. */
    public CompletionStage<Void> start() {
        signOfLife.every(timeouts.probe());
        loop.watch(this);
        connect();
        // a name that cannot be resolved for long must not hold up the start
        long firstTryNanos = timeouts.connect().plus(timeouts.request()).toNanos();
        loop.eventLoop().schedule(() -> firstTry.complete(null), firstTryNanos, TimeUnit.NANOSECONDS);
        return firstTry;
    }

    /** Waits this long from now on; a request in flight keeps the time it was given. */
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
     * Stays for {@code graceNanos}, for requests that were begun and still need it, and closes then. It is not made again
     * when it is lost.
     */
    public void retire(long graceNanos) {
        ending = true;
        signOfLife.stop();
        loop.eventLoop().schedule(this::close, graceNanos, TimeUnit.NANOSECONDS);
    }

    /**
     * Another connection to the same server has taken its place, and no request of a client is under way. What is left, a
     * step of a repair, fails here; the server is waited for until it has read it, so that it is not carried out behind what
     * comes over the other connection.
     */
    public void giveWay() {
        replaced = true;
        close();
    }

    /** Whether it is closed, or soon will be, and not made again. */
    public boolean isEnding() {
        return ending;
    }

    /**
     * Whether clients may be served from it now: it is usable, and no write missed it. Where there is one copy only the same
     * as {@link #usable}.
     */
    public boolean serves() {
        return usable && state.replica().status() != ReplicaStatus.OUT;
    }

    /** Whether a request may be sent now. */
    public boolean usable() {
        return usable;
    }

    /** Where the request's bytes go, before {@link #sent}. Only while {@link #usable}, or during the greeting. */
    public OutputBatch output() {
        if (output == null) {
            throw new AssertionError("output of a connection that is not usable: " + state.address());
        }
        return output;
    }

    /** Puts a request in flight whose bytes were just appended to {@link #output}. */
    public void sent(ServerRequest request) {
        OutputBatch out = output();
        if (request.isFenced()) {
            out.holdsRequest();
        }
        if (secured) {
            out.endRequest();
        }
        inFlight.add(request, output().position());
        updateCongestion();
    }

    /**
     * Writes a request and puts it in flight. If that throws the request fails, and so do all in flight: nothing can follow
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
     * A request was not written whole, or not put in flight, because of what was thrown: it fails, and the connection is lost,
     * since nothing can follow half a request.
     */
    public void unsent(ServerRequest request, Throwable defect) {
        unsent(defect);
        request.failed(ServerFailure.CONNECTION_LOST);
    }

    /** As {@link #unsent(ServerRequest, Throwable)}, of a request that was not made yet. */
    public void unsent(Throwable defect) {
        loop.threw(defect);
        LOG.error("a request to server {} was not sent, by a fault of ours", state.address(), defect);
        lose(ServerFailure.CONNECTION_LOST, "a request was not sent: " + defect);
    }

    /** Ends the connection for good; requests in flight fail. */
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
            connector.connect(this::greet, this::retryLater);
        }
    }

    /** The server must answer a first request before others may follow. */
    private void greet(Channel connected) {
        if (ending) {
            connected.close();
            return;
        }
        loop.counters().count(ProxyMeter.SERVER_CONNECTS);
        channel = connected;
        output = secured
                ? OutputBatch.inRecords(loop, connected, memory, this::giveUp)
                : OutputBatch.toServer(loop, connected, memory, this::giveUp);
        output.onLongTurn(inFlight::leftLate);
        greeting.begin();
    }

    private long leftBytes() {
        return output == null ? 0 : output.leftBytes();
    }

    private void greeted(String version) {
        sameProcess.look(() -> becomeUsable(version), this::notUsed);
    }

    private void becomeUsable(String version) {
        usable = true;
        ServerVersion numbers = ServerVersion.parse(version);
        speaksMeta = numbers.speaksMeta();
        takesIds = numbers.takesIds();
        sparesThisSecond = numbers.sparesThisSecond();
        reconnect.succeeded();
        state.connected(version);
        firstTry.complete(null);
    }

    /** The server talks, but will not even say what it is: it wants a password, or is no memcached. */
    private void refused(String request, String line) {
        lose(ServerFailure.BAD_ANSWER, "answered '" + line + "' to " + request);
    }

    /** There is nothing wrong with the server, but it must not be used beside another that is the same process. */
    void notUsed(String reason) {
        lose(ServerFailure.BAD_ANSWER, reason);
    }

    /** Whether the channel is still the one of that output. */
    boolean speaksOver(OutputBatch earlier) {
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

    /** A silent death is noticed by the question that is not answered. */
    private void probe() {
        if (usable && inFlight.size() == 0) {
            greeting.askVersion(version -> {});
        }
    }

    private void late() {
        loop.counters().count(ProxyMeter.SERVER_TIMEOUTS);
        lose(ServerFailure.TIMED_OUT, "no answer in " + timeouts.request().toMillis() + " ms");
    }

    /** Bytes came in: no probe is needed now. */
    void heard() {
        signOfLife.heard();
        inFlight.heard();
    }

    /** The server's clock shows this now. */
    void showsTime(long seconds) {
        state.clockShows(seconds, loop.nowNanos());
    }

    /**
     * Asks the server something that changes nothing, behind all that was sent to it.
     *
     * @param answered  runs when it has answered, so has carried out all of that; never if the connection is lost
     */
    public void whenAllAnswered(Runnable answered) {
        if (usable) {
            greeting.askVersion(version -> answered.run());
        }
    }

    /** Runs {@code over} when every request in flight now has been answered or has failed; perhaps at once. */
    public void whenAllOver(Runnable over) {
        if (usable && inFlight.size() > 0) {
            greeting.askVersion(version -> over.run(), over);
        } else {
            over.run();
        }
    }

    /**
     * Learns which process the server is, if the connection was made when that did not matter.
     *
     * @param known  runs when that is known, or nothing needs to be asked, or there is no answer
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
     * Says which servers share keys with this one.
     *
     * @param others    the loop's connections to those of the other tier; empty if there is none
     * @param isBackup  whether this one is of the backup tier
     */
    public void sharesKeysWith(List<ServerConnection> others, boolean isBackup) {
        sameProcess.partners(others, isBackup);
    }

    /** Gives up with a reset what the server may still read from earlier connections. */
    public void abortLingering() {
        lingering.abort();
    }

    /** Also what was answered may have bytes left: a value that was refused before it had arrived. */
    @Override
    public void cutOff() {
        Channel current = channel;
        if (current != null && (inFlight.hasFenced() || (usable && hasUnsent(current)))) {
            giveUp();
        }
    }

    private static boolean hasUnsent(Channel channel) {
        ChannelOutboundBuffer unsent = channel.unsafe().outboundBuffer();
        return unsent != null && unsent.totalPendingWriteBytes() > 0;
    }

    /** Not half closed, as one that is lost: what the kernel has not sent yet must not follow either. */
    private void giveUp() {
        lose(ServerFailure.CONNECTION_LOST, "this proxy serves no more", false);
    }

    /** Drops the channel, fails what is in flight and connects again. Does nothing the second time. */
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
            lingering.begin(lost);
        } else {
            if (mayLinger && ending && lost.isActive()) {
                lost.config().setOption(ChannelOption.SO_LINGER, -1);
            }
            lost.close();
        }
        giveAddressBack();
        if (usable) {
            usable = false;
            if (ending) {
                state.closed();
            } else {
                state.lost(reason);
            }
        }
        inFlight.failAll(failure);
        updateCongestion();
        retryLater(reason);
    }

    /**
     * Asks to serve from the address it is connected to, where a server has just answered. To be asked before anything is
     * concluded from which process that is: while other loops use another address, this one is not the server.
     *
     * @return whether it may; if not, the connection is given up
     */
    boolean takeAddress() {
        takesAddress = state.beginsAt(connector.target());
        if (!takesAddress) {
            lose(ServerFailure.CONNECTION_LOST, "another address of its name is in use");
        }
        return takesAddress;
    }

    /** The process at the other end has said which it is. */
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

    /** Whether {@code candidate} is the channel in use: events of an older one are too late. */
    boolean uses(Channel candidate) {
        return channel == candidate;
    }

    @Nullable
    ReplyShape expected() {
        ServerRequest oldest = inFlight.oldest();
        return oldest == null ? null : oldest.shape();
    }

    /** The request whose answer is arriving. */
    ServerRequest answering() {
        ServerRequest oldest = inFlight.oldest();
        if (oldest == null) {
            throw new AssertionError("an answer without a request: " + state.address());
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
        updateCongestion();
    }

    void line(ByteBuf in, int index, int length, ReplyLine meaning) {
        ServerRequest answered = answered();
        try {
            answered.line(in, index, length, meaning);
        } catch (RuntimeException | Error defect) {
            neverAnswered(answered);
            throw defect;
        }
        updateCongestion();
        boolean badFormat = meaning == ReplyLine.CLIENT_ERROR && TextReplies.isBadFormat(in, index, length);
        if (meaning.isError() && answered.shape().mayHaveReadDataAsCommands(meaning, badFormat)) {
            lose(ServerFailure.BAD_ANSWER, "refused a storage command it should have understood");
        }
    }

    /** It is no longer in flight, so it would not hear that the connection is lost; which the caller sees to. */
    private void neverAnswered(ServerRequest request) {
        inFlight.fail(request, ServerFailure.CONNECTION_LOST);
    }

    /** Takes the oldest request, whose answer is whole, out of what is in flight. */
    private ServerRequest answered() {
        ServerRequest request = inFlight.removeOldest();
        LoopLatencies counted = latencies;
        TimedCommand command = request.command;
        if (counted != null && command != null) {
            counted.count(command, loop.nowNanos() - request.sentNanos);
        }
        return request;
    }

    /** Whether the server understands the meta commands as they are since memcached 1.6.10. */
    public boolean speaksMeta() {
        return speaksMeta;
    }

    /** Whether a write can say which cas id the item gets, as memcached 1.6.27 and later take it; as it was last connected. */
    public boolean takesIds() {
        return takesIds;
    }

    /** Whether {@code flush_all} spares there what was stored in the same second; as it was last connected. */
    public boolean sparesThisSecond() {
        return sparesThisSecond;
    }

    /** The channel takes more or no more bytes. */
    void updateCongestion() {
        Channel current = channel;
        boolean full = current != null && !current.isWritable();
        int pending = inFlight.size();
        boolean now = current != null && (full || pending >= (congested ? RELIEVED_BELOW : CONGESTED_FROM));
        if (now != congested) {
            congested = now;
            congestion.changed(now);
        }
    }

    /** The server's {@code item_size_max} as it was last connected, or 0 if it did not say. */
    public int longestItemBytes() {
        return greeting.longestItemBytes();
    }

    /** How long an answer may take, in nanoseconds. */
    public long requestTimeoutNanos() {
        return timeouts.request().toNanos();
    }

    /** Requests this connection waits for. */
    public int inFlight() {
        return inFlight.size();
    }

    /** A fault of ours on its channel: what costs more than the connection is told on. */
    void threw(Throwable cause) {
        loop.threw(cause);
    }

    /** The server this is a connection to, shared by all loops. */
    public ServerState state() {
        return state;
    }
}
