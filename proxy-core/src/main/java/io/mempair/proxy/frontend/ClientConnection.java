package io.mempair.proxy.frontend;

import io.mempair.proxy.backend.Backpressure;
import io.mempair.proxy.handover.ConnectionCopy;
import io.mempair.proxy.handover.NotMovedException;
import io.mempair.proxy.handover.PendingInput;
import io.mempair.proxy.handover.RepairedSocket;
import io.mempair.proxy.loop.Defects;
import io.mempair.proxy.loop.LoopContext;
import io.mempair.proxy.loop.MemoryAccount;
import io.mempair.proxy.loop.OutputBatch;
import io.mempair.proxy.metrics.ProxyMeter;
import io.mempair.proxy.pool.ServingPlan;
import io.mempair.proxy.reply.ReplyQueue;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelException;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.handler.ssl.SslCloseCompletionEvent;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One client connection. It stops reading while too many of the client's requests are unanswered, its socket is full,
 * or a server has too much in flight. Confined to its loop.
 */
final class ClientConnection extends ChannelInboundHandlerAdapter
        implements ReplyQueue.QueueListener, MemoryAccount.AccountOwner {

    private static final Logger LOG = LoggerFactory.getLogger(ClientConnection.class);

    private final LoopContext loop;
    private final Channel channel;
    private final ServingPlan plan;
    private final Backpressure backpressure;
    private final ClientRegistry registry;
    private final MemoryAccount memory;
    private final ReplyQueue replies;
    private final RequestInput input;
    private boolean paused;
    private boolean resuming;
    private boolean goingOn;
    private boolean draining;
    private boolean inputEnded;
    private Custody custody = Custody.OWN;

    /** Counted from the accept, or the restore: the kernel counts from there too. */
    private long receivedBytes;

    /** Bytes of the output that this node wrote before the channel, in the restore. */
    private int restoredBytes;

    /** Whether bytes have arrived since the last sweep. */
    private boolean heard = true;

    private int silentSweeps;

    ClientConnection(Channel channel, LoopServices services, ClientRegistry registry) {
        this.loop = services.loop();
        this.channel = channel;
        this.plan = services.plan();
        this.backpressure = plan.pool().backpressure();
        this.registry = registry;
        this.memory = loop.memory().open(this);
        this.replies = new ReplyQueue(new OutputBatch(loop, channel, memory), memory, this);
        this.input = new RequestInput(this, services, channel, memory, replies);
    }

    @Override
    public void channelActive(ChannelHandlerContext ctx) {
        registry.add(this);
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        heard = true;
        ByteBuf in = (ByteBuf) message;
        receivedBytes += in.readableBytes();
        loop.arrived(in.readableBytes());
        loop.counters().count(ProxyMeter.CLIENT_BYTES_IN, in.readableBytes());
        if (replies.closed()) {
            in.release();
            return;
        }
        if (custody != Custody.OWN) {
            hold(in);
            return;
        }
        if (!loop.mayServe()) {
            in.release();
            drop("no lease");
            return;
        }
        serve(input.join(in));
    }

    /** Keeps what comes while no request begins; a client that sends too much is not moved, so the rest may wait. */
    private void hold(ByteBuf in) {
        input.hold(in);
        if (input.heldBytes() > PendingInput.MAX_UNREAD_BYTES) {
            channel.config().setAutoRead(false);
        }
    }

    /** The account of what it holds. */
    MemoryAccount memory() {
        return memory;
    }

    /** Executes the requests in {@code in}, as far as there is room; owns the buffer. */
    private void serve(ByteBuf in) {
        Framer.Need need;
        try {
            need = input.execute(in);
        } catch (RuntimeException | Error defect) {
            broken(defect);
            return;
        }
        switch (need) {
            case TO_CLOSE -> closeWhenAnswered();
            case MORE_ROOM -> pause();
            case NOTHING -> pauseForATurn();
            default -> {
                if (inputEnded) {
                    input.end();
                    closeWhenAnswered();
                }
            }
        }
    }

    /** Whether the next request may be executed. */
    boolean hasRoom() {
        return !draining
                && custody == Custody.OWN
                && !replies.closed()
                && (memory.mayGrow() || input.isArriving())
                && replies.size() < plan.limits().maxInFlight()
                && !replies.isUnfinished()
                && replies.hasRoom()
                && channel.isWritable()
                && !backpressure.present();
    }

    private void pause() {
        if (paused || replies.closed()) {
            return;
        }
        paused = true;
        channel.config().setAutoRead(false);
        loop.counters().count(ProxyMeter.READS_PAUSED);
        if (backpressure.present()) {
            backpressure.whenOver(this::resumeSoon);
        }
        if (!memory.mayGrow()) {
            loop.counters().count(ProxyMeter.READS_PAUSED_FOR_MEMORY);
            memory.await();
        }
        awaitTurn();
        if (replies.size() == 0) {
            // the requests failed immediately, so no later reply resumes the rest
            goOnSoon();
        }
    }

    /** Waits for its turn at the servers if other clients await large replies from them. */
    private void awaitTurn() {
        if (replies.mustWaitForOthers()) {
            replies.awaitTurn(this::roomAgain);
        }
    }

    /** Resumes in the next turn, by a timer: timers run after the loop has read the input of other clients, tasks before. */
    private void pauseForATurn() {
        if (!paused && !replies.closed()) {
            paused = true;
            channel.config().setAutoRead(false);
            loop.eventLoop().schedule(this::resume, 1, TimeUnit.NANOSECONDS);
        }
    }

    /** Resumes reading in a separate task, because the caller is in the middle of its own work. */
    private void resumeSoon() {
        if (paused && !resuming) {
            resuming = true;
            loop.eventLoop().execute(this::resume);
        }
    }

    private void resume() {
        resuming = false;
        if (!paused || draining || custody != Custody.OWN || replies.closed()) {
            return;
        }
        if (!loop.mayServe()) {
            drop("no lease");
            return;
        }
        paused = false;
        if (input.isArriving()) {
            // it was paused in the middle of its value
            memory.arrives();
        }
        serve(input.takeRest());
        if (!paused && !input.atEnd()) {
            channel.config().setAutoRead(true);
        }
    }

    /** Sends more of an unfinished request. */
    private void goOnSoon() {
        if (replies.isUnfinished() && !goingOn) {
            goingOn = true;
            loop.eventLoop().execute(this::goOn);
        }
    }

    private void goOn() {
        goingOn = false;
        if (replies.closed()) {
            return;
        }
        if (!loop.mayServe()) {
            drop("no lease");
            return;
        }
        if (backpressure.present()) {
            goingOn = true;
            backpressure.whenOver(() -> loop.eventLoop().execute(this::goOn));
        } else if (!memory.mayHoldMore()) {
            memory.await();
        } else if (replies.mustWaitForOthers()) {
            awaitTurn();
        } else if (channel.isWritable()) {
            replies.goOn();
            if (!replies.isUnfinished()) {
                resumeSoon();
            }
            tellIfDrained();
        }
    }

    private void tellIfDrained() {
        if ((draining || custody == Custody.HELD) && replies.isIdle()) {
            registry.drained(this);
        }
    }

    private void closeWhenAnswered() {
        channel.config().setAutoRead(false);
        if (replies.isIdle()) {
            replies.output().flush();
            channel.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(ChannelFutureListener.CLOSE);
        }
    }

    /** The client has closed its half: it still gets its outstanding replies. */
    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
        if (event instanceof ChannelInputShutdownEvent || event instanceof SslCloseCompletionEvent) {
            inputEnded = true;
            if (!paused) {
                input.end();
                closeWhenAnswered();
            }
        }
    }

    @Override
    public void answered() {
        if (replies.isUnfinished()) {
            goOnSoon();
        } else if (input.atEnd()) {
            closeWhenAnswered();
        } else if (paused && replies.size() <= plan.limits().maxInFlight() / 2) {
            if (replies.hasRoom()) {
                resumeSoon();
            } else {
                awaitTurn();
            }
        }
        tellIfDrained();
    }

    @Override
    public void brokenOff() {
        drop("an answer broke off");
    }

    @Override
    public void tooMuchUnread() {
        loop.counters().count(ProxyMeter.CLIENTS_UNREAD);
        drop("left too many answers unread");
    }

    @Override
    public void holdsMost() {
        loop.counters().count(ProxyMeter.CLIENTS_GREEDIEST);
        drop("held most of all when memory was short");
    }

    @Override
    public void stalled() {
        loop.counters().count(ProxyMeter.CLIENTS_STALLED);
        drop("sent no more of a value while others wait for the room");
        input.closeFramer();
    }

    @Override
    public void recount() {
        replies.output().recount();
    }

    @Override
    public void roomAgain() {
        goOnSoon();
        resumeSoon();
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext ctx) {
        recount();
        if (channel.isWritable()) {
            goOnSoon();
            resumeSoon();
        }
    }

    private long unsentBytes() {
        var outbound = channel.unsafe().outboundBuffer();
        return outbound == null ? 0 : outbound.totalPendingWriteBytes();
    }

    /** Accepts no further request; notifies the registry when every request in flight is answered. */
    void drain() {
        draining = true;
        channel.config().setAutoRead(false);
        if (replies.isIdle()) {
            registry.drained(this);
        }
    }

    /** Serves again after {@link #drain} or {@link #quiesce}. */
    void undrain() {
        if (draining || custody == Custody.HELD) {
            draining = false;
            custody = Custody.OWN;
            paused = true;
            resumeSoon();
        }
    }

    /** Begins no further request, but reads on: what comes belongs to the copy of the connection. */
    void quiesce() {
        if (custody == Custody.OWN) {
            custody = Custody.HELD;
            if (!inputEnded && !input.atEnd()) {
                channel.config().setAutoRead(true);
            }
            tellIfDrained();
        }
    }

    Custody custody() {
        return custody;
    }

    /** What copies it for another node. */
    ClientMove move() {
        return new ClientMove(this, channel);
    }

    /** For the log. */
    String name() {
        return String.valueOf(channel.remoteAddress());
    }

    /** Whether neither end has closed its half, or is about to. */
    boolean isWholeDuplex() {
        return channel.isActive() && !inputEnded && !input.atEnd() && !replies.closed();
    }

    /** Whether it is held, and every request answered; what was answered has been given to the channel then. */
    boolean isQuiet() {
        boolean quiet = custody == Custody.HELD && replies.isIdle();
        if (quiet) {
            replies.output().flush();
        }
        return quiet;
    }

    /** Bytes that came from the channel. */
    long receivedBytes() {
        return receivedBytes;
    }

    /** Bytes that were given to the channel. */
    long writtenBytes() {
        return restoredBytes + replies.output().position();
    }

    PendingInput conversation() {
        return input.conversation();
    }

    /** The socket enters repair mode: another node is to have a copy. */
    void entersRepair() {
        custody = Custody.COPIED;
        channel.config().setAutoRead(false); // the kernel lets nobody read in repair mode
    }

    /** The copy is not used. The socket leaves repair mode; {@link #undrain} has it serve. */
    void takeBack() {
        if (custody == Custody.COPIED) {
            custody = Custody.HELD;
            try {
                new RepairedSocket(channel).takeBack();
                channel.config().setAutoRead(true);
            } catch (ChannelException e) {
                LOG.debug("client {} cannot be taken back", channel.remoteAddress(), e);
                drop("not taken back");
            }
        }
    }

    /** This is a copy of another node's connection, whose channel is not connected yet. */
    void restores(ConnectionCopy copy) throws NotMovedException {
        custody = Custody.RESTORED;
        restoredBytes = copy.sentBytes();
        input.restore(copy.conversation());
    }

    /**
     * The connection is this node's now: sends what had not left the other node, and goes on.
     *
     * @param copy  as in {@link #restores}
     */
    void activate(ConnectionCopy copy) {
        if (custody != Custody.RESTORED || replies.closed()) {
            return;
        }
        try {
            new RepairedSocket(channel).leave(copy.sentBytes());
        } catch (ChannelException e) {
            LOG.debug("client {} cannot be served", channel.remoteAddress(), e);
            channel.close();
            return;
        }
        if (copy.output().length > copy.sentBytes()) {
            replies.output().bytes(Arrays.copyOfRange(copy.output(), copy.sentBytes(), copy.output().length));
            replies.output().flush();
        }
        custody = Custody.HELD;
        undrain();
    }

    /** Ends a copy that nobody uses, without a packet. */
    void discard() {
        if (custody == Custody.COPIED || custody == Custody.RESTORED) {
            channel.close();
        }
    }

    /** How many sweeps have found this client with nothing in flight and nothing sent since the sweep before. */
    int silentSweeps() {
        boolean busy = heard || paused || draining || custody != Custody.OWN || !replies.isIdle() || unsentBytes() > 0;
        heard = false;
        silentSweeps = busy ? 0 : silentSweeps + 1;
        return silentSweeps;
    }

    /** Closes the client: it was idle for too long. */
    void closeIdle() {
        loop.counters().count(ProxyMeter.CLIENTS_IDLE);
        channel.close();
    }

    /**
     * Closes with a reset, so that the client notices immediately and no connection remains on an address that moves.
     */
    void drop(String reason) {
        if (custody == Custody.COPIED || custody == Custody.RESTORED) {
            return; // it serves nobody: who decides on the copies closes it, or takes it back
        }
        if (!replies.closed()) {
            resetsWithoutAddress();
            LOG.debug("client {} dropped reason=\"{}\"", channel.remoteAddress(), reason);
            loop.counters().count(ProxyMeter.CLIENTS_DROPPED);
            if (channel.isOpen()) {
                channel.config().setOption(ChannelOption.SO_LINGER, 0);
            }
            replies.output().flush();
            replies.close();
            // from the head of the pipeline: TLS would wait for the client to accept close_notify
            channel.pipeline().firstContext().close();
        }
    }

    /** The address may be off already, and a client whose request was kept would wait for ever without a reset. */
    private void resetsWithoutAddress() {
        if (custody == Custody.HELD && channel.isOpen()) {
            try {
                new RepairedSocket(channel).useAbsentAddress();
            } catch (ChannelException e) {
                LOG.debug("client {} may get no reset", channel.remoteAddress(), e);
            }
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        replies.close();
        input.close();
        memory.close();
        registry.remove(this);
    }

    /** A client that disconnects in the middle of a request is normal: only its connection ends. */
    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        if (Defects.isOne(cause)) {
            broken(cause);
        } else {
            LOG.debug("client {} failed", channel.remoteAddress(), cause);
        }
        ctx.close();
    }

    /** Closes the client: the outcome of its requests is unknown, and later replies could not be matched. */
    @Override
    public void broken(Throwable defect) {
        loop.threw(defect);
        LOG.error("internal error: connection of client {} closed", channel.remoteAddress(), defect);
        drop("internal error");
    }
}
