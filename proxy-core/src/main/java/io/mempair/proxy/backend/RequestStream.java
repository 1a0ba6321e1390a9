package io.mempair.proxy.backend;

import io.mempair.proxy.loop.LoopContext;
import io.mempair.proxy.loop.MemoryAccount;
import io.mempair.proxy.loop.OutputBatch;
import io.mempair.proxy.replication.ReplicaStatus;
import io.netty.channel.Channel;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The requests of one event loop to one server over the channel of the moment: the output that they are written to, and the
 * queue of those in flight. {@link ServerConnection} opens and closes the channels. Confined to its loop.
 *
 * <p>A class that is extended, not a part, because each request comes through here.
 */
public abstract class RequestStream {

    private static final Logger LOG = LoggerFactory.getLogger(RequestStream.class);

    final LoopContext loop;
    final InFlightQueue inFlight;

    /** The channel of the moment, or null. */
    @Nullable
    Channel channel;

    /** Whether the handshake is complete. */
    boolean usable;

    private final ServerState state;
    private final AtomicInteger counted;
    private final ReplyMatcher matcher;
    private final ServerLoad load;
    private final boolean secured;
    private final MemoryAccount memory;

    private @Nullable OutputBatch output;
    private boolean speaksMeta;
    private boolean takesIds;
    private boolean sparesThisSecond;

    /** @param earlier  the loop's requests to the same server that these follow, or null */
    RequestStream(
            LoopContext loop,
            ServerState state,
            long timeoutNanos,
            Backpressure backpressure,
            @Nullable RequestStream earlier) {
        this.loop = loop;
        this.state = state;
        this.counted = earlier == null ? state.traffic().inFlightOfOneLoop() : earlier.counted;
        this.inFlight = new InFlightQueue(loop, state.address(), timeoutNanos, this::late, this::leftBytes, counted);
        this.matcher = new ReplyMatcher(
                loop,
                state.address(),
                inFlight,
                earlier == null ? state.latenciesOfOneLoop() : earlier.matcher.latencies());
        this.load = new ServerLoad(backpressure);
        this.secured = state.access().tls() != null;
        this.memory = loop.memory().openShared(this::recount);
    }

    /** The oldest request in flight has its timeout. */
    abstract void late();

    /** Closes with a reset: this node is no longer active. */
    abstract void giveUp();

    /** Drops the channel, fails the requests in flight and reconnects. A second call has no effect. */
    abstract void lose(ServerFailure failure, String reason);

    /**
     * Whether clients may be served from it now: it is usable, and the server has missed no write. With one copy the
     * same as {@link #usable}.
     */
    public final boolean serves() {
        return usable && state.replica().status() != ReplicaStatus.OUT;
    }

    /** Whether a request may be sent now. */
    public final boolean usable() {
        return usable;
    }

    /** The output for a request's bytes, before {@link #sent}. Only while {@link #usable}, or during the handshake. */
    public final OutputBatch output() {
        if (output == null) {
            throw new AssertionError("output of a connection that is not usable: " + state.address());
        }
        return output;
    }

    /** Enqueues a request whose bytes were just appended to {@link #output}. */
    public final void sent(ServerRequest request) {
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
    public final void send(ServerRequest request, Consumer<OutputBatch> bytes) {
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
    public final void unsent(ServerRequest request, Throwable defect) {
        unsent(defect);
        request.failed(ServerFailure.CONNECTION_LOST);
    }

    /** As {@link #unsent(ServerRequest, Throwable)}, for a request that does not exist yet. */
    public final void unsent(Throwable defect) {
        loop.threw(defect);
        LOG.error("internal error: a request to server {} was not sent", state.address(), defect);
        lose(ServerFailure.CONNECTION_LOST, "a request was not sent: " + defect);
    }

    private void recount() {
        if (output != null) {
            output.recount();
        }
    }

    private long leftBytes() {
        return output == null ? 0 : output.leftBytes();
    }

    /** Uses this channel from now on; for the handshake first. */
    final void opened(Channel connected) {
        channel = connected;
        output = secured
                ? OutputBatch.inRecords(loop, connected, memory, this::giveUp)
                : OutputBatch.toServer(loop, connected, memory, this::giveUp);
        output.onLongTurn(inFlight::leftLate);
    }

    /** The handshake is complete. */
    final void becomesUsable(ServerVersion version) {
        usable = true;
        speaksMeta = version.speaksMeta();
        takesIds = version.takesIds();
        sparesThisSecond = version.sparesThisSecond();
    }

    /** Whether the channel still belongs to that output. Another channel may lead to another process. */
    public final boolean speaksOver(OutputBatch earlier) {
        return output == earlier;
    }

    /** The channel is lost, and what was not sent over it. */
    final void discardChannel() {
        channel = null;
        if (output != null) {
            output.discard();
            output = null;
            memory.unsent(0);
        }
    }

    /** Matches the replies that arrive on its channel. */
    final ReplyMatcher replies() {
        return matcher;
    }

    /** Whether {@code candidate} is the current channel; events of older ones are ignored. */
    final boolean uses(Channel candidate) {
        return channel == candidate;
    }

    /** Whether the server supports the meta commands in their form since memcached 1.6.10. */
    public final boolean speaksMeta() {
        return speaksMeta;
    }

    /** Whether a write can set the cas id, as in memcached 1.6.27 and later; as of the last handshake. */
    public final boolean takesIds() {
        return takesIds;
    }

    /** Whether {@code flush_all} spares items stored in the same second; as of the last handshake. */
    public final boolean sparesThisSecond() {
        return sparesThisSecond;
    }

    /** The writability of the channel, or what is in flight, has changed. */
    final void updateBackpressure() {
        load.update(channel, inFlight.size());
    }

    /** Sets whether clients are not read while too much is in flight; they are not from the beginning. */
    public final void slowsClients(boolean slows) {
        load.heeded(slows);
    }

    /** Number of requests in flight. */
    public final int inFlight() {
        return inFlight.size();
    }

    /** An exception on its channel; reports it if it concerns more than the connection. */
    final void threw(Throwable cause) {
        loop.threw(cause);
    }

    /** The state of the server, shared by all loops. */
    public final ServerState state() {
        return state;
    }
}
