package io.mempair.proxy.refill;

import io.mempair.proxy.backend.ServerFailure;
import io.mempair.proxy.backend.ServerRequest;
import io.mempair.proxy.loop.ByteRanges;
import io.mempair.proxy.protocol.Decimal;
import io.mempair.proxy.protocol.meta.MetaFlags;
import io.mempair.proxy.protocol.text.ReplyLine;
import io.mempair.proxy.protocol.text.ReplyShape;
import io.mempair.proxy.replication.ItemLifetime;
import io.mempair.proxy.replication.RefillLease;
import io.netty.buffer.ByteBuf;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Reads one item with its metadata, by {@code mg}, {@code get} or {@code gets}. Keeps the value in slices. */
public final class ItemRead extends ServerRequest {

    /** Client flags have 32 bits in every memcached version. */
    private static final long MAX_FLAGS = 0xFFFF_FFFFL;

    /** Lifetime of an item whose server does not report it. */
    static final long UNKNOWN = Long.MIN_VALUE;

    /**
     * An item as a server holds it.
     *
     * @param flags             the client's flags
     * @param valueBytes        without the line end
     * @param remainingSeconds  may be {@link ItemLifetime#ENDLESS}; {@link #UNKNOWN} after a classic command
     * @param id                its cas id; 0 if not requested
     * @param stale             whether it is marked stale
     * @param rightTaken        whether this read took the right to recache it
     * @param promised          whether somebody holds that right
     */
    public record StoredItem(
            long flags,
            long valueBytes,
            long remainingSeconds,
            long id,
            boolean stale,
            boolean rightTaken,
            boolean promised) {

        /** Without the recache flags. */
        StoredItem(long flags, long valueBytes, long remainingSeconds, long id) {
            this(flags, valueBytes, remainingSeconds, id, false, false, false);
        }

        /** Whether it is a stub, created by {@code mg} with N, of an item that a client is recaching. */
        boolean isStub() {
            return valueBytes == 0 && promised && !stale;
        }

        boolean isLease() {
            return RefillLease.is(flags, valueBytes);
        }
    }

    /** Receives the outcome: exactly one of the three is called, once, on the loop. */
    public interface ReadListener {
        /**
         * The server has the item.
         *
         * @param data  the value and its line end; the listener owns and releases it
         */
        void found(StoredItem item, ByteRanges data);

        void absent();

        /** No reply, or an error. */
        void failed();
    }

    private final byte @Nullable [] key;
    private final ReadListener listener;
    private final ByteRanges data = new ByteRanges();
    private @Nullable StoredItem item;
    private int lineBytesLeft;

    private ItemRead(byte @Nullable [] key, ReadListener listener) {
        this.key = key;
        this.listener = listener;
    }

    /** Parses the reply to an {@code mg}. */
    static ItemRead meta(ReadListener listener) {
        return new ItemRead(null, listener);
    }

    /** Parses the reply to a {@code get} or {@code gets} of {@code key}. */
    public static ItemRead classic(byte[] key, ReadListener listener) {
        return new ItemRead(key, listener);
    }

    @Override
    protected ReplyShape shape() {
        return key == null ? ReplyShape.META : ReplyShape.RETRIEVAL;
    }

    @Override
    protected boolean itemStarts(byte[] line, int keyOffset, int keyLength) {
        int length = lineLength(line);
        StoredItem started = null;
        if (key == null) {
            started = metaItem(line, length);
        } else if (item == null && Arrays.equals(key, 0, key.length, line, keyOffset, keyOffset + keyLength)) {
            started = classicItem(line, keyOffset + keyLength, length);
        }
        item = started;
        lineBytesLeft = length + 2;
        return started != null;
    }

    private static int lineLength(byte[] line) {
        int i = 0;
        while (line[i] != '\n') {
            i++;
        }
        return i - 1;
    }

    /** Parses {@code VA bytes f<flags> t<seconds> c<id>}, with optional X, W, Z. */
    private static @Nullable StoredItem metaItem(byte[] line, int length) {
        long bytes = number(line, "VA".length(), length, Integer.MAX_VALUE);
        long flags = MetaFlags.number(line, length, 'f');
        int lifetime = MetaFlags.offset(line, length, 't');
        long left = MetaFlags.number(line, length, 't');
        boolean endless = lifetime > 0 && line[lifetime + 1] == '-' && line[lifetime + 2] == '1';
        if (bytes < 0 || flags < 0 || (left < 0 && !endless)) {
            return null;
        }
        long seconds = endless ? ItemLifetime.ENDLESS : left;
        long id = Math.max(0, MetaFlags.number(line, length, 'c'));
        return new StoredItem(
                flags,
                bytes,
                seconds,
                id,
                MetaFlags.offset(line, length, 'X') > 0,
                MetaFlags.offset(line, length, 'W') > 0,
                MetaFlags.offset(line, length, 'Z') > 0);
    }

    /** Parses {@code VALUE key flags bytes [id]}. */
    private static @Nullable StoredItem classicItem(byte[] line, int keyEnd, int length) {
        long flags = number(line, keyEnd, length, MAX_FLAGS);
        int flagsEnd = tokenEnd(line, keyEnd + 1, length);
        long bytes = number(line, flagsEnd, length, Integer.MAX_VALUE);
        int bytesEnd = tokenEnd(line, flagsEnd + 1, length);
        long id = bytesEnd < length ? number(line, bytesEnd, length, Long.MAX_VALUE) : 0;
        return flags < 0 || bytes < 0 || id < 0 ? null : new StoredItem(flags, bytes, UNKNOWN, id);
    }

    /** The number in the token after the space at {@code space}, or -1. */
    private static long number(byte[] line, int space, int length, long max) {
        int from = Math.min(space + 1, length);
        return Decimal.unsigned(line, from, tokenEnd(line, from, length), max);
    }

    private static int tokenEnd(byte[] line, int from, int length) {
        int i = from;
        while (i < length && line[i] != ' ') {
            i++;
        }
        return Math.min(i, length);
    }

    /** The first piece contains the whole line. */
    @Override
    protected void itemBytes(ByteBuf in, int index, int length, boolean last) {
        int skipped = lineBytesLeft;
        lineBytesLeft = 0;
        if (length > skipped) {
            data.add(in, index + skipped, length - skipped);
        }
    }

    @Override
    protected void retrievalEnds() {
        StoredItem read = item;
        if (read == null) {
            listener.absent();
        } else {
            listener.found(read, data);
        }
    }

    @Override
    protected void line(ByteBuf in, int index, int length, ReplyLine meaning) {
        data.release(); // an error line may follow a value, in place of END
        if (meaning == ReplyLine.EN) {
            listener.absent();
        } else {
            listener.failed();
        }
    }

    @Override
    protected void failed(ServerFailure failure) {
        data.release();
        listener.failed();
    }
}
