package io.mempair.proxy.command.binary;

import io.mempair.proxy.command.FlushAll;
import io.mempair.proxy.command.MetaDispatcher;
import io.mempair.proxy.command.ProxyFacts;
import io.mempair.proxy.command.stats.StatsCommand;
import io.mempair.proxy.loop.ByteRanges;
import io.mempair.proxy.loop.LoopContext;
import io.mempair.proxy.metrics.ProxyMeter;
import io.mempair.proxy.metrics.TimedCommand;
import io.mempair.proxy.pool.ServingPlan;
import io.mempair.proxy.protocol.binary.BinaryReplies;
import io.mempair.proxy.protocol.binary.BinaryRequest;
import io.mempair.proxy.protocol.binary.MetaLine;
import io.mempair.proxy.protocol.binary.Opcode;
import io.mempair.proxy.protocol.binary.Status;
import io.mempair.proxy.protocol.meta.MetaRequest;
import io.mempair.proxy.protocol.meta.MetaRequestParser;
import io.mempair.proxy.reply.ReplyQueue;
import io.mempair.proxy.reply.ReplySlot;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Executes binary requests of the clients of one event loop. Requests with a key are translated to meta commands, so
 * servers need not support the binary protocol.
 */
public final class BinaryDispatcher {

    private static final byte[] KEY_TOO_LONG = ascii("Key over 186 bytes has a space, CR, LF or NUL: not supported");

    private static final byte[] NOT_ALL_FLUSHED = ascii("not every server was flushed");

    /** The line end after every value sent to a server. Never released. */
    private static final ByteBuf LINE_END = Unpooled.unreleasableBuffer(Unpooled.wrappedBuffer(ascii("\r\n")));

    private static final int VERSION_WORD_BYTES = "VERSION ".length();

    private final LoopContext loop;
    private final ServingPlan plan;
    private final MetaDispatcher meta;
    private final ProxyFacts facts;
    private final StatsCommand stats;
    private final MetaRequestParser parser = new MetaRequestParser();

    /** Scratch buffer for lines that are parsed immediately. */
    private final ByteBuf line = Unpooled.wrappedBuffer(new byte[MetaLine.MAX_BYTES]);

    /**
     * @param loop   the loop
     * @param plan  the current servers
     * @param meta   executes the translated requests
     * @param facts  the proxy's facts about itself
     */
    public BinaryDispatcher(LoopContext loop, ServingPlan plan, MetaDispatcher meta, ProxyFacts facts) {
        this.loop = loop;
        this.plan = plan;
        this.meta = meta;
        this.facts = facts;
        this.stats = new StatsCommand(plan, facts);
    }

    /** Executes a request without value. The connection itself handles {@code quit}. */
    public void execute(BinaryRequest request, ReplyQueue replies) {
        switch (request.opcode().kind()) {
            case GET, TOUCH, DELETE, ARITHMETIC -> executeKeyed(request, replies);
            case FLUSH -> flush(request, replies);
            case STAT -> stat(request, replies);
            default -> answerBare(request, replies);
        }
    }

    private void executeKeyed(BinaryRequest request, ReplyQueue replies) {
        if (MetaLine.canCarry(request)) {
            MetaRequest translated = translate(request);
            ReplySlot slot = meta.timed(replies.open(false), translated);
            meta.execute(translated, new BinaryAnswer(request.copy(), slot));
        } else {
            refuseKey(request, replies);
        }
    }

    /** Executes a request with its value, which this method owns. */
    public void store(BinaryRequest request, ByteRanges value, ReplyQueue replies) {
        if (MetaLine.canCarry(request)) {
            value.add(LINE_END, 0, 2);
            ReplySlot slot = replies.openLine(false);
            MetaRequest translated = translate(request);
            meta.timed(slot, translated);
            meta.store(translated, value, new BinaryAnswer(request.copy(), slot));
        } else {
            value.release();
            refuseKey(request, replies);
        }
    }

    /**
     * Answers a request whose value is refused. memcached drops the old value of a refused {@code set}, so that nobody
     * reads it as the new one; so every copy is deleted before the client gets the error.
     */
    public void refuseValue(BinaryRequest request, Status status, ReplyQueue replies) {
        byte[] answer = BinaryReplies.of(request, status);
        if (request.opcode().loud() == Opcode.SET && MetaLine.canCarry(request)) {
            ReplySlot slot = replies.openLine(false).timedAs(TimedCommand.SET, loop);
            meta.refuseValue(translate(request.withoutValue()), () -> slot.completeWith(answer));
        } else {
            loop.counters().count(ProxyMeter.COMMANDS_SET);
            replies.answer(answer, false);
        }
    }

    private void refuseKey(BinaryRequest request, ReplyQueue replies) {
        loop.counters().count(ProxyMeter.CLIENT_ERRORS);
        replies.answer(BinaryReplies.of(request, Status.INVALID_ARGUMENTS, KEY_TOO_LONG), false);
    }

    private MetaRequest translate(BinaryRequest request) {
        MetaLine.append(request, line.clear());
        byte[] error = parser.read(MetaLine.command(request), line.array(), line.readableBytes());
        if (error != null) {
            throw new AssertionError("internal error: the parser refused a translated line: "
                    + line.toString(StandardCharsets.ISO_8859_1));
        }
        return parser.request();
    }

    private void flush(BinaryRequest request, ReplyQueue replies) {
        loop.counters().count(ProxyMeter.COMMANDS_OTHER);
        ReplySlot slot = replies.openLine(false).timedAs(TimedCommand.OTHER, loop);
        BinaryRequest asked = request.copy();
        long delaySeconds = MetaLine.delay(request);
        FlushAll.send(loop, ascii("flush_all " + delaySeconds + "\r\n"), delaySeconds, plan, everyServer -> {
            if (!everyServer) {
                slot.completeWith(BinaryReplies.of(asked, Status.SERVER_FAILED, NOT_ALL_FLUSHED));
            } else if (asked.opcode().quiet()) {
                slot.complete();
            } else {
                slot.completeWith(BinaryReplies.stored(asked, 0));
            }
        });
    }

    private void stat(BinaryRequest request, ReplyQueue replies) {
        loop.counters().count(ProxyMeter.COMMANDS_OTHER);
        StatPackets packets =
                new StatPackets(request.copy(), replies.open(false).timedAs(TimedCommand.OTHER, loop));
        stats.ask(new String(request.key(), 0, request.keyLength(), StandardCharsets.ISO_8859_1), packets);
    }

    private void answerBare(BinaryRequest request, ReplyQueue replies) {
        loop.counters().count(ProxyMeter.COMMANDS_OTHER);
        byte[] answer = switch (request.opcode()) {
            case NOOP -> BinaryReplies.stored(request, 0);
            case VERSION -> BinaryReplies.of(request, Status.OK, version());
            default -> BinaryReplies.of(request, Status.UNKNOWN_COMMAND);
        };
        replies.answer(answer, false);
    }

    private byte[] version() {
        byte[] reply = facts.versionReply();
        return Arrays.copyOfRange(reply, VERSION_WORD_BYTES, reply.length - 2);
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }
}
