package io.mempair.proxy.command;

import io.mempair.proxy.backend.ServerConnection;
import io.mempair.proxy.backend.ServerFailure;
import io.mempair.proxy.backend.ServerRequest;
import io.mempair.proxy.copies.ReplicatedMetaCommand;
import io.mempair.proxy.copies.ReplicatedMetaGet;
import io.mempair.proxy.copies.ReplicatedReadContext;
import io.mempair.proxy.copies.ReplicatedWrite;
import io.mempair.proxy.copies.WriteContext;
import io.mempair.proxy.loop.ByteRanges;
import io.mempair.proxy.loop.LoopContext;
import io.mempair.proxy.metrics.ProxyMeter;
import io.mempair.proxy.metrics.TimedCommand;
import io.mempair.proxy.pool.Pool;
import io.mempair.proxy.pool.ServingPlan;
import io.mempair.proxy.pool.Tier;
import io.mempair.proxy.protocol.Command;
import io.mempair.proxy.protocol.meta.MetaReplies;
import io.mempair.proxy.protocol.meta.MetaRequest;
import io.mempair.proxy.protocol.meta.MetaRequestEncoder;
import io.mempair.proxy.protocol.text.ReplyShape;
import io.mempair.proxy.replication.CasIds;
import io.mempair.proxy.replication.Key;
import io.mempair.proxy.replication.Stripes;
import io.mempair.proxy.reply.MetaAnswer;
import io.mempair.proxy.reply.MetaReply;
import io.mempair.proxy.reply.MissOnFailure;
import io.mempair.proxy.reply.ReplyQueue;
import io.mempair.proxy.reply.ReplySlot;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import org.jspecify.annotations.Nullable;

/**
 * Executes meta commands for the clients of one event loop. Clients whose protocol is translated to meta provide their
 * own {@link MetaAnswer}.
 */
public final class MetaDispatcher {

    /** Bytes by which a line may grow with another cas id. */
    private static final int ID_BYTES = 24;

    private final LoopContext loop;
    private final ServingPlan plan;
    private final ReplicatedReadContext reads;

    /**
     * @param loop   the loop
     * @param plan  the current servers
     * @param reads  state shared by reads of two copies
     */
    public MetaDispatcher(LoopContext loop, ServingPlan plan, ReplicatedReadContext reads) {
        this.loop = loop;
        this.plan = plan;
        this.reads = reads;
    }

    /** Executes a request without data block. */
    public void execute(MetaRequest request, ReplyQueue replies) {
        if (request.command() == Command.MN) {
            loop.counters().count(ProxyMeter.COMMANDS_OTHER);
            replies.answer(MetaReplies.MN, false);
        } else {
            boolean reads = request.command() == Command.MG || request.command() == Command.ME;
            ReplySlot slot = reads ? replies.open(false) : replies.openLine(false);
            execute(request, new MetaReply(request, timed(slot, request)));
        }
    }

    /** Times the reply to a request from now on, and shows the request to operators who look. */
    public ReplySlot timed(ReplySlot slot, MetaRequest request) {
        return slot.timedAs(
                TimedCommand.of(request.command()), loop, request.keyBytes(), request.keyOffset(), request.keyLength());
    }

    /** Executes a request without data block, except {@code mn}; {@code answer} receives the reply. */
    public void execute(MetaRequest request, MetaAnswer answer) {
        loop.counters().count(meterOf(request.command()));
        switch (request.command()) {
            case MG, ME -> read(request, MissOnFailure.of(request, answer, plan.policy(), loop.counters()));
            case MD, MA -> write(request, null, answer);
            default -> throw new AssertionError("not a meta command without data: " + request.command());
        }
    }

    /** Executes {@code ms} with its data block, which this method owns. */
    public void store(MetaRequest request, ByteRanges data, ReplyQueue replies) {
        store(request, data, new MetaReply(request, timed(replies.openLine(false), request)));
    }

    /** As {@link #store(MetaRequest, ByteRanges, ReplyQueue)}; {@code answer} receives the reply. */
    public void store(MetaRequest request, ByteRanges data, MetaAnswer answer) {
        loop.counters().count(meterOf(request.command()));
        write(request, data, answer);
    }

    private void read(MetaRequest request, MetaAnswer answer) {
        Pool pool = plan.pool();
        Tier backups = pool.backups();
        ServerConnection primary =
                pool.primaries().ownerOf(request.keyBytes(), request.keyOffset(), request.keyLength());
        if (backups == null) {
            MetaGet get = new MetaGet(request.command(), told(request, answer, primary), loop.counters());
            boolean writes = request.command() == Command.MG && (request.has('T') || request.has('N'));
            get.send(request, primary, writes ? watched(pool, get, request) : get);
            return;
        }
        ServerConnection backup = backups.ownerOf(request.keyBytes(), request.keyOffset(), request.keyLength());
        if (understood(primary) && understood(backup)) {
            new ReplicatedMetaGet(reads, primary, backup, request.copy(), answer).start();
        } else {
            loop.counters().count(ProxyMeter.KEYS_FAILED);
            answer.failed(ServerFailure.NO_META);
        }
    }

    private void write(MetaRequest request, @Nullable ByteRanges data, MetaAnswer answer) {
        Pool pool = plan.pool();
        ServerConnection primary =
                pool.primaries().ownerOf(request.keyBytes(), request.keyOffset(), request.keyLength());
        Tier backups = pool.backups();
        ServerConnection backup =
                backups == null ? null : backups.ownerOf(request.keyBytes(), request.keyOffset(), request.keyLength());
        if (!understood(primary) || (backup != null && !understood(backup))) {
            answer.failed(ServerFailure.NO_META);
        } else if (backup != null) {
            WriteContext context = WriteContext.of(loop, plan);
            int stripe = Stripes.of(request.keyBytes(), request.keyOffset(), request.keyLength());
            ReplicatedWrite.send(
                    context, new ReplicatedMetaCommand(request.copy(), answer), data, primary, backup, stripe);
            return;
        } else if (primary.serves()) {
            send(
                    request,
                    data,
                    primary,
                    watched(pool, new MetaWrite(request, told(request, answer, primary)), request));
        } else {
            loop.counters().count(ProxyMeter.SERVER_ERRORS);
            answer.failed(ServerFailure.UNAVAILABLE);
        }
        if (data != null) {
            data.release();
        }
    }

    private static ServerRequest watched(Pool pool, ServerRequest sent, MetaRequest request) {
        return pool.watched(sent, request.keyBytes(), request.keyOffset(), request.keyLength());
    }

    /** The answer of a pool with one copy, with the cas ids that clients see. */
    private MetaAnswer told(MetaRequest request, MetaAnswer answer, ServerConnection server) {
        boolean showsId = request.command() == Command.ME || request.has('c');
        return showsId && reads.tagsIdsOfOneCopy() ? new TaggedAnswer(request, answer, reads.idsOf(server)) : answer;
    }

    private void send(MetaRequest request, @Nullable ByteRanges data, ServerConnection server, ServerRequest write) {
        try {
            appendLine(request, server);
            if (data != null) {
                data.copyTo(server.output());
            }
            server.sent(write);
        } catch (RuntimeException | Error defect) {
            server.unsent(write, defect);
        }
    }

    private void appendLine(MetaRequest request, ServerConnection server) {
        ByteBuf out = server.output().append(request.lineBytes() + ID_BYTES);
        CasIds ids = plan.casIds();
        if (ids.areCounted()) {
            MetaRequestEncoder.appendLine(request, out);
        } else {
            int tag = server.state().replica().tag();
            MetaRequestEncoder.appendLine(
                    request, out, id -> ReplicatedMetaCommand.sentId(request, ids.forServer(tag, id)));
        }
    }

    /** Whether the server may support meta commands. A server that is down counts as if it did. */
    private static boolean understood(ServerConnection server) {
        return !server.usable() || server.speaksMeta();
    }

    /**
     * Answers an {@code ms} whose value is refused, once the old value is deleted: memcached deletes it in every mode.
     */
    public void refuseValue(MetaRequest request, byte[] answer, ReplyQueue replies) {
        ReplySlot slot = timed(replies.openLine(false), request);
        refuseValue(request, () -> slot.completeWith(answer));
    }

    /** Deletes every copy of the request's key, whose new value is refused, and then runs {@code afterwards}. */
    public void refuseValue(MetaRequest request, Runnable afterwards) {
        loop.counters().count(meterOf(request.command()));
        ByteBuf delete = Unpooled.buffer(request.lineBytes());
        MetaRequestEncoder.appendKeyed(request, delete, Command.MD);
        RefusedValue.delete(
                loop,
                plan,
                Key.of(request.keyBytes(), request.keyOffset(), request.keyLength()),
                ReplyShape.META,
                ByteBufUtil.getBytes(delete),
                afterwards);
    }

    private static ProxyMeter meterOf(Command command) {
        return switch (command) {
            case MG -> ProxyMeter.COMMANDS_GET;
            case MS -> ProxyMeter.COMMANDS_SET;
            case MD -> ProxyMeter.COMMANDS_DELETE;
            case MA -> ProxyMeter.COMMANDS_ARITHMETIC;
            default -> ProxyMeter.COMMANDS_OTHER;
        };
    }
}
