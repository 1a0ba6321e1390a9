package io.mempair.proxy.command;

import io.mempair.proxy.backend.ServerConnection;
import io.mempair.proxy.backend.ServerFailure;
import io.mempair.proxy.backend.ServerRequest;
import io.mempair.proxy.command.stats.StatsCommand;
import io.mempair.proxy.command.stats.TextStats;
import io.mempair.proxy.copies.ReplicatedGet;
import io.mempair.proxy.copies.ReplicatedReadContext;
import io.mempair.proxy.copies.ReplicatedTextCommand;
import io.mempair.proxy.copies.ReplicatedWrite;
import io.mempair.proxy.copies.WriteContext;
import io.mempair.proxy.loop.ByteRanges;
import io.mempair.proxy.loop.LoopContext;
import io.mempair.proxy.loop.OutputBatch;
import io.mempair.proxy.metrics.ProxyMeter;
import io.mempair.proxy.metrics.TimedCommand;
import io.mempair.proxy.pool.Pool;
import io.mempair.proxy.pool.ServingPlan;
import io.mempair.proxy.pool.Tier;
import io.mempair.proxy.protocol.Command;
import io.mempair.proxy.protocol.text.ReplyShape;
import io.mempair.proxy.protocol.text.TextReplies;
import io.mempair.proxy.protocol.text.TextRequest;
import io.mempair.proxy.replication.CasIds;
import io.mempair.proxy.replication.Key;
import io.mempair.proxy.replication.Stripes;
import io.mempair.proxy.reply.KeyTarget;
import io.mempair.proxy.reply.ReplyQueue;
import io.mempair.proxy.reply.ReplySlot;
import io.mempair.proxy.reply.SlotTarget;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Executes checked requests of the clients of one event loop: picks the servers and routes the replies. */
public final class CommandDispatcher {

    /** Bytes by which a line may grow with another cas id. */
    private static final int ID_BYTES = 24;

    private final LoopContext loop;
    private final ServingPlan plan;
    private final ProxyFacts facts;
    private final TextStats stats;
    private final ReplicatedReadContext reads;

    /**
     * @param loop   the loop
     * @param plan  the current servers
     * @param facts  the proxy's facts about itself
     * @param reads  state shared by reads of two copies
     */
    public CommandDispatcher(LoopContext loop, ServingPlan plan, ProxyFacts facts, ReplicatedReadContext reads) {
        this.loop = loop;
        this.reads = reads;
        this.plan = plan;
        this.facts = facts;
        this.stats = new TextStats(plan, new StatsCommand(plan, facts));
    }

    /**
     * Executes a request without data block. The connection itself handles {@code quit}.
     *
     * @return whether more requests may follow; if not, the connection must be closed after this reply
     */
    public boolean execute(TextRequest request, ReplyQueue replies) {
        loop.counters().count(meterOf(request.command()));
        if (request.command() == Command.STATS) {
            return stats.answer(
                    request.isBare() ? "" : request.word(1), replies.open(false).timedAs(TimedCommand.OTHER, loop));
        }
        switch (request.command()) {
            case GET, GETS, GAT, GATS -> retrieve(request, replies);
            case DELETE, INCR, DECR, TOUCH -> write(request, null, replies);
            case FLUSH_ALL -> flush(request, replies.openLine(request.noreply()).timedAs(TimedCommand.OTHER, loop));
            case VERSION -> replies.answer(facts.versionReply(), false);
            case VERBOSITY -> verbosity(request, replies);
            default -> throw new AssertionError("not a command without data: " + request.command());
        }
        return true;
    }

    /** Executes a storage command with its data block, which this method owns. */
    public void store(TextRequest request, ByteRanges data, ReplyQueue replies) {
        loop.counters().count(meterOf(request.command()));
        write(request, data, replies);
    }

    private void flush(TextRequest request, ReplySlot slot) {
        ByteBuf line = Unpooled.buffer(request.lineBytes() + 2);
        request.appendLine(line);
        FlushAll.send(
                loop,
                ByteBufUtil.getBytes(line),
                request.flushDelaySeconds(),
                plan,
                everyServer -> slot.completeWith(everyServer ? TextReplies.OK : FlushAll.NOT_ALL));
    }

    /** Changes the level of the proxy's own log. Like memcached, accepts a line without number if it has noreply. */
    private void verbosity(TextRequest request, ReplyQueue replies) {
        if (request.hasVerbosity()) {
            facts.verbosity(request.verbosity());
        }
        replies.answer(TextReplies.OK, request.noreply());
    }

    private void retrieve(TextRequest request, ReplyQueue replies) {
        Pool pool = plan.pool();
        byte[] head = request.retrievalHead();
        boolean missesFailure = plan.policy().missesFailedReads();
        if (!request.hasSingleKey()) {
            new MultiGet(loop, plan, reads, missesFailure, request, head, replies).send();
            return;
        }
        ServerConnection primary = pool.primaries().ownerOf(request.bytes(), request.keyOffset(), request.keyLength());
        Tier backups = pool.backups();
        if (backups == null) {
            boolean touches = request.command().touches();
            GetRequest get = retrieval(timed(replies.openReusable(false, false), request), request.command());
            boolean changesIds = ReplicatedGet.givesIds(head) && reads.tagsIdsOfOneCopy();
            get.begin(head, request, missesFailure, changesIds ? reads.idsOf(primary) : null);
            get.send(
                    primary,
                    touches ? pool.watched(get, request.bytes(), request.keyOffset(), request.keyLength()) : get);
        } else {
            int keyOffset = head.length + 1;
            byte[] line = Arrays.copyOf(head, keyOffset + request.keyLength());
            line[head.length] = ' ';
            System.arraycopy(request.bytes(), request.keyOffset(), line, keyOffset, request.keyLength());
            ServerConnection backup = backups.ownerOf(line, keyOffset, request.keyLength());
            KeyTarget target = new SlotTarget(timed(replies.open(false), request), loop.counters(), missesFailure);
            new ReplicatedGet(reads, primary, backup, line, keyOffset, target).start();
        }
    }

    /** The request that the slot had before, or a new one. */
    private GetRequest retrieval(ReplySlot slot, Command command) {
        TimedCommand timedAs = TimedCommand.of(command);
        if (slot.request() instanceof GetRequest earlier && earlier.isTimedAs(timedAs)) {
            return earlier;
        }
        GetRequest get = new GetRequest(timedAs, slot, loop.counters());
        slot.keep(get);
        return get;
    }

    /** Whether the data block of a storage command is copied, or sliced, before {@link #storeAtOnce} returns. */
    public boolean storesAtOnce() {
        return plan.pool().backups() == null;
    }

    /**
     * As {@link #store}, where it {@link #storesAtOnce}, of a block that is complete.
     *
     * @param in  begins with the block; the caller keeps it
     */
    public void storeAtOnce(TextRequest request, ByteBuf in, ReplyQueue replies) {
        loop.counters().count(meterOf(request.command()));
        writeToOne(request, null, in, replies);
    }

    private void write(TextRequest request, @Nullable ByteRanges data, ReplyQueue replies) {
        Pool pool = plan.pool();
        if (pool.backups() != null) {
            ReplySlot slot = timed(replies.openLine(request.noreply()), request);
            ServerConnection primary =
                    pool.primaries().ownerOf(request.bytes(), request.keyOffset(), request.keyLength());
            ServerConnection backup = pool.backups().ownerOf(request.bytes(), request.keyOffset(), request.keyLength());
            int stripe = Stripes.of(request.bytes(), request.keyOffset(), request.keyLength());
            ReplicatedWrite.send(
                    WriteContext.of(loop, plan),
                    new ReplicatedTextCommand(request.copy(), slot),
                    data,
                    primary,
                    backup,
                    stripe);
            return;
        }
        writeToOne(request, data, null, replies);
        if (data != null) {
            data.release();
        }
    }

    /**
     * Writes to the only server of the key.
     *
     * @param data   the data block, or null
     * @param block  begins with the data block, or null
     */
    private void writeToOne(
            TextRequest request, @Nullable ByteRanges data, @Nullable ByteBuf block, ReplyQueue replies) {
        Pool pool = plan.pool();
        ReplySlot slot = timed(replies.openReusable(request.noreply(), true), request);
        ServerConnection server = pool.primaries().ownerOf(request.bytes(), request.keyOffset(), request.keyLength());
        if (!server.serves()) {
            loop.counters().count(ProxyMeter.SERVER_ERRORS);
            slot.fail(ServerFailure.UNAVAILABLE.reply());
            return;
        }
        ServerRequest write = pool.watched(
                writing(slot, request.command()), request.bytes(), request.keyOffset(), request.keyLength());
        try {
            OutputBatch output = server.output();
            appendLine(request, server, output);
            if (data != null) {
                data.copyTo(output);
            } else if (block != null) {
                output.bytes(block, block.readerIndex(), request.dataBytes() + 2);
            }
            server.sent(write);
        } catch (RuntimeException | Error defect) {
            server.unsent(write, defect);
        }
    }

    private void appendLine(TextRequest request, ServerConnection server, OutputBatch output) {
        CasIds ids = plan.casIds();
        if (request.command() == Command.CAS && !ids.areCounted()) {
            int tag = server.state().replica().tag();
            request.appendCas(output.append(request.lineBytes() + ID_BYTES), id -> ids.forServer(tag, id));
        } else {
            request.appendLine(output.append(request.lineBytes() + 2));
        }
    }

    /** The request that the slot had before, or a new one. */
    private static WriteRequest writing(ReplySlot slot, Command command) {
        if (slot.request() instanceof WriteRequest earlier && earlier.command() == command) {
            return earlier;
        }
        WriteRequest write = new WriteRequest(command, slot);
        slot.keep(write);
        return write;
    }

    private ReplySlot timed(ReplySlot slot, TextRequest request) {
        return slot.timedAs(
                TimedCommand.of(request.command()), loop, request.bytes(), request.keyOffset(), request.keyLength());
    }

    /**
     * Answers a storage command whose value is refused. memcached drops the old value of a refused {@code set}, so that
     * nobody reads it as the new one; so every copy is deleted before the client gets the error.
     */
    public void refuseValue(TextRequest request, byte[] answer, ReplyQueue replies) {
        loop.counters().count(meterOf(request.command()));
        if (request.command() != Command.SET) {
            replies.answer(answer, request.noreply());
            return;
        }
        ReplySlot slot = timed(replies.openLine(request.noreply()), request);
        ByteBuf deletion = Unpooled.buffer(request.keyLength() + 16);
        request.appendDeletion(deletion);
        RefusedValue.delete(
                loop,
                plan,
                Key.of(request.bytes(), request.keyOffset(), request.keyLength()),
                ReplyShape.DELETED,
                ByteBufUtil.getBytes(deletion),
                () -> slot.completeWith(answer));
    }

    private static ProxyMeter meterOf(Command command) {
        return switch (command) {
            case GET, GETS -> ProxyMeter.COMMANDS_GET;
            case SET, ADD, REPLACE, APPEND, PREPEND, CAS -> ProxyMeter.COMMANDS_SET;
            case TOUCH, GAT, GATS -> ProxyMeter.COMMANDS_TOUCH;
            case DELETE -> ProxyMeter.COMMANDS_DELETE;
            case INCR, DECR -> ProxyMeter.COMMANDS_ARITHMETIC;
            default -> ProxyMeter.COMMANDS_OTHER;
        };
    }
}
