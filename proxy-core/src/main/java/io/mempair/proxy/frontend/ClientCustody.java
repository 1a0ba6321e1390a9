package io.mempair.proxy.frontend;

import io.mempair.proxy.handover.ConnectionCopy;
import io.mempair.proxy.handover.NotMovedException;
import io.mempair.proxy.handover.PendingInput;
import io.mempair.proxy.handover.RepairedSocket;
import io.mempair.proxy.reply.ReplyQueue;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelException;
import java.util.Arrays;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The part of one client connection in a hand-over: who executes its requests, and what a copy of it needs. On its loop. */
final class ClientCustody {

    private static final Logger LOG = LoggerFactory.getLogger(ClientCustody.class);

    private final ClientConnection client;
    private final Channel channel;
    private final RequestInput input;
    private final ReplyQueue replies;
    private Custody custody = Custody.OWN;

    /** Counted from the accept, or the restore: the kernel counts from there too. */
    private long receivedBytes;

    /** Bytes of the output that this node wrote before the channel, in the restore. */
    private int restoredBytes;

    ClientCustody(ClientConnection client, Channel channel, RequestInput input, ReplyQueue replies) {
        this.client = client;
        this.channel = channel;
        this.input = input;
        this.replies = replies;
    }

    /** Whether this node executes its requests. */
    boolean isOwn() {
        return custody == Custody.OWN;
    }

    /** Whether this node keeps its requests for whoever will execute them. */
    boolean isHeld() {
        return custody == Custody.HELD;
    }

    /** Whether its socket is in repair mode, as the original or as the copy. */
    boolean isElsewhere() {
        return custody == Custody.COPIED || custody == Custody.RESTORED;
    }

    /** No further request is executed; returns whether this node executed them until now. */
    boolean hold() {
        boolean own = isOwn();
        if (own) {
            custody = Custody.HELD;
        }
        return own;
    }

    /** This node executes its requests from now on. */
    void release() {
        custody = Custody.OWN;
    }

    /** For the log. */
    String name() {
        return String.valueOf(channel.remoteAddress());
    }

    void received(int bytes) {
        receivedBytes += bytes;
    }

    /** Keeps what comes while no request begins; a client that sends too much is not moved, so the rest may wait. Owns it. */
    void keep(ByteBuf in) {
        input.hold(in);
        if (input.heldBytes() > PendingInput.MAX_UNREAD_BYTES) {
            channel.config().setAutoRead(false);
        }
    }

    /** What copies it for another node. */
    ClientMove move() {
        return new ClientMove(client, channel);
    }

    /** Whether it is held, and every request answered; what was answered has been given to the channel then. */
    boolean isQuiet() {
        boolean quiet = isHeld() && replies.isIdle();
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

    /** The copy is not used. The socket leaves repair mode; {@link ClientConnection#undrain} has it serve. */
    void takeBack() {
        if (custody == Custody.COPIED) {
            custody = Custody.HELD;
            try {
                new RepairedSocket(channel).takeBack();
                channel.config().setAutoRead(true);
            } catch (ChannelException e) {
                LOG.debug("client {} cannot be taken back", channel.remoteAddress(), e);
                client.drop("not taken back");
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
     * @param copy    as in {@link #restores}
     * @param probes  whether it sends a packet at once
     */
    void activate(ConnectionCopy copy, boolean probes) {
        if (custody != Custody.RESTORED || replies.closed()) {
            return;
        }
        try {
            new RepairedSocket(channel).leave(probes || copy.sentBytes() > 0);
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
        client.undrain();
    }

    /** Ends a copy that nobody uses, without a packet. */
    void discard() {
        if (isElsewhere()) {
            channel.close();
        }
    }

    /** The address may be off already, and a client whose request was kept would wait for ever without a reset. */
    void resetsWithoutAddress() {
        if (isHeld() && channel.isOpen()) {
            try {
                new RepairedSocket(channel).useAbsentAddress();
            } catch (ChannelException e) {
                LOG.debug("client {} may get no reset", channel.remoteAddress(), e);
            }
        }
    }
}
