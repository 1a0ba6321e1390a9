package io.mempair.proxy.frontend;

import io.mempair.proxy.handover.NotMoved;
import io.mempair.proxy.handover.NotMovedException;
import io.mempair.proxy.handover.PendingInput;
import io.mempair.proxy.loop.Cumulation;
import io.mempair.proxy.loop.MemoryAccount;
import io.mempair.proxy.reply.ReplyQueue;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import org.jspecify.annotations.Nullable;

/**
 * What one client has sent and the proxy has not executed yet. The first byte decides on the protocol. Confined to the
 * client's loop.
 */
final class RequestInput {

    private final ClientConnection client;
    private final LoopServices services;
    private final Channel channel;
    private final MemoryAccount memory;
    private final ReplyQueue replies;
    private final FairTurn turn = new FairTurn();

    /** Text, until the first byte says otherwise. */
    private Framer framer;

    private boolean begun;

    /** Unparsed bytes; owned. */
    private @Nullable ByteBuf rest;

    /** @param client  says before each request whether there is room for it */
    RequestInput(
            ClientConnection client, LoopServices services, Channel channel, MemoryAccount memory, ReplyQueue replies) {
        this.client = client;
        this.services = services;
        this.channel = channel;
        this.memory = memory;
        this.replies = replies;
        this.framer = new TextFramer(services, replies, channel.alloc());
    }

    /** Returns {@code in} appended to the bytes left over from before; takes ownership. The caller executes them. */
    ByteBuf join(ByteBuf in) {
        if (!begun) {
            begun = true;
            chooseFramer(in);
        }
        ByteBuf earlier = rest;
        if (earlier == null) {
            return in;
        }
        rest = null;
        return Cumulation.join(channel.alloc(), earlier, in);
    }

    /** The binary protocol has no login, so it is not accepted where a login is required. */
    private void chooseFramer(ByteBuf first) {
        if (services.plan().policy().users() != null) {
            framer = new LoginFramer(services, replies, framer);
        } else if (BinaryFramer.isSpokenIn(first)) {
            framer = new BinaryFramer(services, replies, channel.alloc());
        }
    }

    /** The bytes left over from before, possibly none. The caller executes them. */
    ByteBuf takeRest() {
        ByteBuf in = rest;
        rest = null;
        if (in == null) {
            return Unpooled.EMPTY_BUFFER;
        }
        if (!begun && in.isReadable()) {
            begun = true;
            chooseFramer(in);
        }
        return in;
    }

    /** Keeps {@code in} behind the bytes left over from before, without executing anything; takes ownership. */
    void hold(ByteBuf in) {
        ByteBuf earlier = rest;
        ByteBuf held = earlier == null ? in : Cumulation.join(channel.alloc(), earlier, in);
        rest = held;
        memory.input(held.capacity());
    }

    /** Bytes that have come and belong to no executed request. */
    long heldBytes() {
        ByteBuf left = rest;
        return framer.arrivedBytes() + (left == null ? 0 : left.readableBytes());
    }

    /** What has been said and not executed, for another node. Nothing changes here. */
    PendingInput conversation() {
        ByteBuf unread = Unpooled.buffer();
        framer.appendUnfinished(unread);
        ByteBuf left = rest;
        if (left != null) {
            unread.writeBytes(left, left.readerIndex(), left.readableBytes());
        }
        boolean binary = framer instanceof BinaryFramer;
        boolean loggedIn = framer instanceof LoginFramer login && login.loggedIn();
        return new PendingInput(begun, binary, loggedIn, framer.swallowBytes(), ByteBufUtil.getBytes(unread));
    }

    /**
     * Goes on where another node was, before anything has come.
     *
     * @throws NotMovedException if this node does not let such a client in
     */
    void restore(PendingInput said) throws NotMovedException {
        boolean login = services.plan().policy().users() != null;
        if (login && said.binary()) {
            throw new NotMovedException(NotMoved.POLICY, "clients must log in here, and its protocol has no login");
        }
        if (said.begun()) {
            begun = true;
            if (login) {
                LoginFramer guarded = new LoginFramer(services, replies, framer);
                if (said.loggedIn()) {
                    guarded.admit();
                }
                framer = guarded;
            } else if (said.binary()) {
                framer = new BinaryFramer(services, replies, channel.alloc());
            }
        }
        framer.swallow(said.swallowBytes());
        if (said.unread().length > 0) {
            hold(channel.alloc().buffer(said.unread().length).writeBytes(said.unread()));
        }
    }

    /**
     * Executes the requests in {@code in} while there is room and the turn lasts; keeps the rest. Takes ownership of the
     * buffer, also if it throws; then no later input can be matched.
     */
    Framer.Need execute(ByteBuf in) {
        Framer.Need need;
        try {
            turn.begin(services.loop().nowNanos());
            do {
                need = client.hasRoom() ? framer.next(in) : Framer.Need.MORE_ROOM;
            } while (need == Framer.Need.NOTHING && turn.goesOn());
        } catch (RuntimeException | Error defect) {
            in.release();
            throw defect;
        }
        if (in.isReadable() && !replies.closed() && need != Framer.Need.TO_CLOSE) {
            ByteBuf kept = Cumulation.keep(channel.alloc(), in);
            rest = kept;
            memory.input(kept.capacity());
        } else {
            in.release();
            memory.input(0);
        }
        return need;
    }

    /** Whether the middle of a request is arriving. */
    boolean isArriving() {
        return framer.isArriving();
    }

    /** Whether the client is to be closed once it has its answers. */
    boolean atEnd() {
        return framer.atEnd();
    }

    /** Accepts no more input from this client. */
    void end() {
        framer.end();
    }

    /** Releases the buffers of an unfinished request. */
    void closeFramer() {
        framer.close();
    }

    /** The client has disconnected: releases everything. */
    void close() {
        framer.close();
        if (rest != null) {
            rest.release();
            rest = null;
        }
    }
}
