package io.mempair.proxy.frontend;

import io.mempair.proxy.command.binary.BinaryDispatcher;
import io.mempair.proxy.loop.ByteRanges;
import io.mempair.proxy.loop.LoopContext;
import io.mempair.proxy.metrics.ProxyMeter;
import io.mempair.proxy.pool.ServingPlan;
import io.mempair.proxy.protocol.Command;
import io.mempair.proxy.protocol.binary.BinaryReplies;
import io.mempair.proxy.protocol.binary.BinaryRequest;
import io.mempair.proxy.protocol.binary.BinaryRequestParser;
import io.mempair.proxy.protocol.binary.Opcode;
import io.mempair.proxy.protocol.binary.Status;
import io.mempair.proxy.reply.ReplyQueue;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;

/**
 * Splits the input into binary packets and their values. Keeps its position: before a packet, inside a value, or inside
 * a refused value. Confined to the client's loop.
 */
final class BinaryFramer implements Framer {

    private final LoopContext loop;
    private final ServingPlan plan;
    private final BinaryDispatcher dispatcher;
    private final ReplyQueue replies;
    private final ValueAdmission admission;

    /** This client's own, so that its request stays while the value arrives. */
    private final BinaryRequestParser parser = new BinaryRequestParser();

    private boolean ended;

    BinaryFramer(LoopServices services, ReplyQueue replies, ByteBufAllocator allocator) {
        this.loop = services.loop();
        this.plan = services.plan();
        this.dispatcher = services.binary();
        this.replies = replies;
        this.admission = new ValueAdmission(loop, plan, allocator, replies.account());
    }

    /** Whether a client whose first bytes are {@code in} speaks this protocol. */
    static boolean isSpokenIn(ByteBuf in) {
        return in.isReadable() && in.getUnsignedByte(in.readerIndex()) == BinaryRequestParser.MAGIC;
    }

    @Override
    public boolean atEnd() {
        return ended;
    }

    @Override
    public Need next(ByteBuf in) {
        if (ended) {
            return Need.TO_CLOSE;
        }
        if (!in.isReadable()) {
            return Need.MORE_BYTES;
        }
        if (admission.swallowing()) {
            admission.swallowFrom(in);
            return Need.NOTHING;
        }
        return admission.arriving() ? continueValue(in) : nextPacket(in);
    }

    private Need nextPacket(ByteBuf in) {
        BinaryRequestParser.ParseResult verdict = parser.read(in);
        return switch (verdict) {
            case INCOMPLETE -> Need.MORE_BYTES;
            case GOOD -> carryOut(in, parser.request());
            case UNKNOWN -> refuse(Status.UNKNOWN_COMMAND);
            case MALFORMED -> refuseAndEnd(Status.INVALID_ARGUMENTS);
            case CONTRADICTORY -> refuseAndEnd(Status.UNKNOWN_COMMAND);
            case FOREIGN -> end();
        };
    }

    private Need carryOut(ByteBuf in, BinaryRequest request) {
        Command command = request.opcode().command();
        if (command != null && plan.policy().refusedCommands().contains(command)) {
            return refuse(Status.NOT_ALLOWED);
        }
        return switch (request.opcode().kind()) {
            case STORE, CONCATENATE -> beginValue(in, request);
            case SASL -> refuse(Status.UNKNOWN_COMMAND);
            case BARE -> request.opcode().loud() == Opcode.QUIT ? quit(request) : execute(request);
            default -> execute(request);
        };
    }

    private Need execute(BinaryRequest request) {
        dispatcher.execute(request, replies);
        return Need.NOTHING;
    }

    private Need quit(BinaryRequest request) {
        replies.answer(BinaryReplies.stored(request, 0), request.opcode().quiet());
        return end();
    }

    private Need refuse(Status status) {
        loop.counters().count(ProxyMeter.CLIENT_ERRORS);
        replies.answer(BinaryReplies.of(parser.request(), status), false);
        admission.swallow(parser.request().valueBytes());
        return Need.NOTHING;
    }

    private Need refuseAndEnd(Status status) {
        loop.counters().count(ProxyMeter.CLIENT_ERRORS);
        replies.answer(BinaryReplies.of(parser.request(), status), false);
        return end();
    }

    private Need beginValue(ByteBuf in, BinaryRequest request) {
        Status refusal = null;
        if (plan.isTooLong(request.valueBytes())) {
            refusal = Status.TOO_LARGE;
        } else if (!admission.begin((int) request.valueBytes(), in.readableBytes())) {
            refusal = Status.OUT_OF_MEMORY;
        }
        if (refusal != null) {
            admission.swallow(request.valueBytes());
            dispatcher.refuseValue(request, refusal, replies);
            return Need.NOTHING;
        }
        return continueValue(in);
    }

    private Need continueValue(ByteBuf in) {
        ByteRanges value = admission.takeFrom(in);
        if (value == null) {
            return Need.MORE_BYTES;
        }
        try {
            dispatcher.store(parser.request(), value, replies);
        } catch (RuntimeException | Error defect) {
            value.release();
            throw defect;
        }
        return Need.NOTHING;
    }

    @Override
    public boolean isArriving() {
        return admission.arriving() || admission.swallowing();
    }

    @Override
    public Need end() {
        ended = true;
        return Need.TO_CLOSE;
    }

    @Override
    public long arrivedBytes() {
        return admission.arrivedBytes();
    }

    @Override
    public void appendUnfinished(ByteBuf out) {
        if (admission.arriving()) {
            parser.request().appendReceived(out);
            admission.copyTo(out);
        }
    }

    @Override
    public long swallowBytes() {
        return admission.swallowBytes();
    }

    @Override
    public void swallow(long bytes) {
        admission.swallow(bytes);
    }

    @Override
    public void close() {
        ended = true;
        admission.close();
    }
}
