package io.mempair.proxy.frontend;

import io.mempair.proxy.backend.Backpressure;
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
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.handler.ssl.SslCloseCompletionEvent;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One client connection. It stops reading while too many of the client's requests are unanswered, its socket is full,
 * or a server has too much in flight. Confined to its loop.
 */
final class ClientConnection extends ChannelInboundHandlerAdapter implements ReplyQueue.QueueListener {

    private static final Logger LOG = LoggerFactory.getLogger(ClientConnection.class);

    private final LoopContext loop;
    private final Channel channel;
    private final ServingPlan plan;
    private final Backpressure backpressure;
    private final ClientRegistry registry;
    private final MemoryAccount memory;
    private final ReplyQueue replies;
    private final RequestInput input;
    private final ClientCustody handover;
    private boolean paused;
    private boolean resuming;
    private boolean goingOn;
    private boolean draining;
    private boolean inputEnded;

    private final SilentSweeps silence = new SilentSweeps();

    ClientConnection(Channel channel, LoopServices services, ClientRegistry registry) {
        this.loop = services.loop();
        this.channel = channel;
        this.plan = services.plan();
        this.backpressure = plan.pool().backpressure();
        this.registry = registry;
        this.memory = loop.memory().open(new ClientAccountOwner(this, loop.counters()));
        this.replies = new ReplyQueue(new OutputBatch(loop, channel, memory), memory, this);
        this.input = new RequestInput(this, services, channel, memory, replies);
        this.handover = new ClientCustody(this, channel, input, replies);
    }

    @Override
    public void channelActive(ChannelHandlerContext ctx) {
        registry.add(this);
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        silence.heard();
        ByteBuf in = (ByteBuf) message;
        handover.received(in.readableBytes());
        loop.heardClient(channel.hashCode(), in.readableBytes());
        loop.counters().count(ProxyMeter.CLIENT_BYTES_IN, in.readableBytes());
        if (replies.closed()) {
            in.release();
            return;
        }
        if (!handover.isOwn()) {
            handover.keep(in);
            return;
        }
        if (!loop.mayServe()) {
            in.release();
            drop("no lease");
            return;
        }
        serve(input.join(in));
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
                && handover.isOwn()
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
        if (!paused || draining || !handover.isOwn() || replies.closed()) {
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
        if ((draining || handover.isHeld()) && replies.isIdle()) {
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
            if (!paused && handover.isOwn()) { // else what it sent before is not executed yet
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
    public void channelWritabilityChanged(ChannelHandlerContext ctx) {
        replies.output().recount();
        if (channel.isWritable()) {
            roomAgain();
        }
    }

    /** There may be room again for what waits. */
    void roomAgain() {
        goOnSoon();
        resumeSoon();
    }

    /** Drops the client, whose value has stalled while others wait for the room. */
    void dropStalled() {
        drop("sent no more of a value while others wait for the room");
        input.closeFramer();
    }

    /** Updates the charge for bytes that the channel has not taken. */
    void recount() {
        replies.output().recount();
    }

    /** Accepts no further request; notifies the registry when every request in flight is answered. */
    void drain() {
        draining = true;
        channel.config().setAutoRead(false);
        tellIfDrained();
    }

    /** Serves again after {@link #drain} or {@link #quiesce}. */
    void undrain() {
        if (draining || handover.isHeld()) {
            draining = false;
            handover.release();
            paused = true;
            resumeSoon();
        }
    }

    /** Begins no further request, but reads on: what comes belongs to the copy of the connection. */
    void quiesce() {
        if (handover.hold()) {
            if (!inputEnded && !input.atEnd()) {
                channel.config().setAutoRead(true);
            }
            tellIfDrained();
        }
    }

    /** Its part in a hand-over to another node, or from one. */
    ClientCustody handover() {
        return handover;
    }

    /** Whether neither end has closed its half, or is about to. */
    boolean isWholeDuplex() {
        return channel.isActive() && !inputEnded && !input.atEnd() && !replies.closed();
    }

    /** How many sweeps have found this client with nothing in flight and nothing sent since the sweep before. */
    int silentSweeps() {
        return silence.sweep(paused
                || draining
                || !handover.isOwn()
                || !replies.isIdle()
                || replies.output().unsentBytes() > 0);
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
        if (handover.isElsewhere()) {
            return; // it serves nobody: who decides on the copies closes it, or takes it back
        }
        if (!replies.closed()) {
            if (handover.isHeld()) {
                registry.lostWhileHeld();
            }
            handover.resetsWithoutAddress();
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
