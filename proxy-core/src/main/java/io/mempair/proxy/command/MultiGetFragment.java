package io.mempair.proxy.command;

import io.mempair.proxy.backend.ServerConnection;
import io.mempair.proxy.backend.ServerFailure;
import io.mempair.proxy.backend.ServerRequest;
import io.mempair.proxy.copies.ReplicatedReadContext;
import io.mempair.proxy.loop.ByteRanges;
import io.mempair.proxy.loop.MemoryUse;
import io.mempair.proxy.pool.Tier;
import io.mempair.proxy.protocol.text.ReplyLine;
import io.mempair.proxy.protocol.text.ReplyShape;
import io.mempair.proxy.protocol.text.TextReplies;
import io.mempair.proxy.protocol.text.ValueLine;
import io.mempair.proxy.replication.RefillLease;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The request of a {@link MultiGetPart} to one server. A value that is next in order goes to the client as it arrives;
 * other values are held, by reference, until the part is done.
 */
final class MultiGetFragment extends ServerRequest {

    private static final int[] NONE = {};
    private static final byte[] NO_BYTES = {};

    /** Bytes; most request lines fit. */
    private static final int FIRST_LINE_BYTES = 512;

    private final MultiGetPart part;
    private final ServerConnection server;
    private final @Nullable Tier fallback;
    private final boolean lookup;

    /** Whether the server was refilling when the request was sent. */
    private final boolean refilling;

    private final ByteRanges kept;
    private final int[] asked;
    private int askedCount;

    /** The request line under construction, until it is sent. */
    private byte[] requestLine;

    private int requestBytes;

    /** Position in {@link #asked} after the last value that began. */
    private int cursor;

    /** The key whose value is arriving, or -1. */
    private int arriving = -1;

    /** Whether that value goes directly to the client. */
    private boolean passing;

    /** Whether that value is a refill mark, which clients must not see. */
    private boolean leased;

    private int keptFrom;

    /** Bytes of the server's VALUE line still to skip, after a line with another id was forwarded or held. */
    private int replacedLineBytes;

    /** Keys to look up at the other tier; they are moved to the front of {@link #asked}. */
    private int lackingCount;

    /**
     * @param part      the part the keys belong to
     * @param head      the command word of the request line
     * @param server    the server to ask
     * @param fallback  the tier to ask for unanswered keys, or null
     * @param lookup    whether the primary tier has already missed these keys
     * @param maxKeys   upper bound of keys to add
     */
    MultiGetFragment(
            MultiGetPart part,
            byte[] head,
            ServerConnection server,
            @Nullable Tier fallback,
            boolean lookup,
            int maxKeys) {
        super(part.command());
        this.part = part;
        this.kept = new ByteRanges(part.slot().account(), MemoryUse.KEPT_ANSWERS);
        this.requestLine = Arrays.copyOf(head, Math.max(FIRST_LINE_BYTES, head.length));
        this.requestBytes = head.length;
        this.server = server;
        this.fallback = fallback;
        this.lookup = lookup;
        this.refilling = ReplicatedReadContext.isRefilling(server);
        this.asked = new int[maxKeys];
    }

    /** Adds a key. Builds the line in an array, which is much faster than in a buffer. */
    void add(int key) {
        asked[askedCount++] = key;
        int bytes = 1 + part.keys().length(key);
        if (requestBytes + bytes > requestLine.length) {
            requestLine = Arrays.copyOf(requestLine, 2 * (requestBytes + bytes));
        }
        requestBytes = part.keys().copyTo(requestLine, requestBytes, key);
    }

    void send() {
        ServerRequest sent = part.watched(this, asked, askedCount);
        try {
            ByteBuf out = server.output().append(requestBytes + 2);
            out.writeBytes(requestLine, 0, requestBytes);
            out.writeShort(TextReplies.LINE_END);
            requestLine = NO_BYTES;
            server.sent(sent);
        } catch (RuntimeException | Error defect) {
            server.unsent(sent, defect);
        }
    }

    @Override
    protected ReplyShape shape() {
        return ReplyShape.RETRIEVAL;
    }

    /** Servers reply in request order and omit misses: skipped keys are misses. */
    @Override
    protected boolean itemStarts(byte[] line, int keyOffset, int keyLength) {
        while (cursor < askedCount) {
            int key = asked[cursor++];
            if (part.keys().is(key, line, keyOffset, keyLength)) {
                arriving = key;
                valueStarts(line, keyOffset + keyLength);
                return true;
            }
            missed(key, false);
        }
        return false;
    }

    private void valueStarts(byte[] line, int keyEnd) {
        leased = part.hasTwoCopies()
                && ValueLine.isEmpty(line, keyEnd)
                && RefillLease.is(ValueLine.flags(line, keyEnd), 0);
        if (leased) {
            return;
        }
        passing = part.order().isTurnOf(arriving);
        keptFrom = kept.count();
        if (part.changesIds()) {
            ByteBuf own = Unpooled.wrappedBuffer(ValueLine.withId(line, keyEnd, part.idsOf(server)));
            take(own, 0, own.readableBytes());
            own.release();
            replacedLineBytes = ValueLine.length(line, keyEnd);
        }
    }

    private void take(ByteBuf in, int index, int length) {
        if (passing) {
            part.slot().bytes(in, index, length);
        } else if (part.slot().isWanted()) {
            kept.add(in, index, length);
        }
    }

    /** The first piece contains the whole line. */
    @Override
    protected void itemBytes(ByteBuf in, int index, int length, boolean last) {
        if (!leased) {
            take(in, index + replacedLineBytes, length - replacedLineBytes);
            replacedLineBytes = 0;
        }
        if (last) {
            int key = arriving;
            arriving = -1;
            if (leased) {
                missed(key, true);
            } else {
                found(key);
            }
        }
    }

    private void found(int key) {
        if (passing) {
            part.order().passedOn(key);
        } else {
            part.order().keptFor(key, kept, keptFrom, kept.count());
        }
        part.found(key, server, lookup);
    }

    /**
     * The server missed the key or holds only a refill mark. In the latter case, or if it is refilling, the other tier
     * is asked.
     */
    private void missed(int key, boolean mark) {
        Tier other = fallback;
        boolean mayLack = mark || refilling || ReplicatedReadContext.isRefilling(server);
        if (other != null && mayLack && part.ownerOf(key, other).serves()) {
            asked[lackingCount++] = key;
        } else if (lookup || !mayLack || !part.waitsForLastCopy(key, server)) {
            part.missed(key, server, lookup);
        }
    }

    @Override
    protected void retrievalEnds() {
        while (cursor < askedCount) {
            missed(asked[cursor++], false);
        }
        part.fragmentEnded(lacking());
        kept.compact();
    }

    private int[] lacking() {
        return lackingCount == 0 ? NONE : Arrays.copyOf(asked, lackingCount);
    }

    @Override
    protected void line(ByteBuf in, int index, int length, ReplyLine meaning) {
        failed(ServerFailure.REFUSED);
    }

    @Override
    protected void failed(ServerFailure reason) {
        boolean brokenOff = arriving >= 0 && passing && !leased;
        if (arriving >= 0 && !brokenOff) {
            cursor--;
        }
        arriving = -1;
        int[] unanswered = Arrays.copyOfRange(asked, cursor, askedCount);
        part.fragmentFailed(reason, unanswered, fallback, lookup, brokenOff);
        part.fragmentEnded(lacking());
        kept.compact();
    }

    /** Releases the held values. */
    void release() {
        kept.release();
    }
}
