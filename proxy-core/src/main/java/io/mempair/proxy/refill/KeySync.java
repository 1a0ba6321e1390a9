package io.mempair.proxy.refill;

import io.mempair.proxy.backend.BufferedRequest;
import io.mempair.proxy.backend.BufferedRequest.ReplyListener;
import io.mempair.proxy.backend.ServerConnection;
import io.mempair.proxy.backend.ServerFailure;
import io.mempair.proxy.loop.ByteRanges;
import io.mempair.proxy.loop.LoopContext;
import io.mempair.proxy.loop.OutputBatch;
import io.mempair.proxy.protocol.text.ReplyLine;
import io.mempair.proxy.protocol.text.ReplyShape;
import io.mempair.proxy.protocol.text.TextReplies;
import io.mempair.proxy.replication.CasTag;
import io.mempair.proxy.replication.ItemLifetime;
import io.mempair.proxy.replication.Key;
import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.function.Consumer;

/**
 * Makes the copy of one key on a server that no client uses equal to its source: reads the source, then stores or deletes,
 * unconditionally. The copy is right if no write of the key ended after the sync began; whoever starts it sees to that, and to
 * there being one sync of a key at a time. Both servers must support meta commands. Confined to the loop.
 */
public final class KeySync {

    /** What became of it. */
    public enum SyncOutcome {
        /** The target has the item. */
        COPIED,
        /** Neither has an item. */
        DELETED,
        /** The target cannot store the item, and has none of that key; or no command can express the key. */
        UNFIT,
        /** A server gave no answer, or an unexpected one. The copy may be anything. */
        FAILED
    }

    private static final int LINE_BYTES = 160;

    private final LoopContext loop;
    private final KeyOrigin from;

    /** The one that is asked now. */
    private CopySource source;

    private int holdersLeft;
    private final ServerConnection to;

    /** The channel at the start: another one may lead to another process. */
    private final OutputBatch channel;

    private final KeyToken key;
    private final Runnable sourceWritten;
    private final Consumer<SyncOutcome> ended;

    private KeySync(
            LoopContext loop,
            KeyOrigin from,
            ServerConnection to,
            KeyToken key,
            Runnable sourceWritten,
            Consumer<SyncOutcome> ended) {
        this.loop = loop;
        this.from = from;
        this.source = CopySource.of(from.holders().get(0), key);
        this.holdersLeft = from.holders().size() - 1;
        this.to = to;
        this.channel = to.output();
        this.key = key;
        this.sourceWritten = sourceWritten;
        this.ended = ended;
    }

    /**
     * Where a key is copied from.
     *
     * @param holders   asked one after the other, until one has the item
     * @param isSure    whether a key that none of them has does not exist
     * @param mayHoldMarks  whether one may hold the mark of a running refill, which is no item
     */
    public record KeyOrigin(List<ServerConnection> holders, boolean isSure, boolean mayHoldMarks) {

        public KeyOrigin {
            holders = List.copyOf(holders);
        }

        private boolean isReady() {
            return !holders.isEmpty() && holders.stream().allMatch(server -> server.serves() && server.speaksMeta());
        }
    }

    /**
     * Starts. At most two writes are sent to the target.
     *
     * @param sourceWritten  runs before the source is written to, which gives back the right to recache a stale item
     * @param ended  receives the outcome once, possibly before this method returns
     */
    public static void start(
            LoopContext loop,
            KeyOrigin from,
            ServerConnection to,
            Key key,
            Runnable sourceWritten,
            Consumer<SyncOutcome> ended) {
        KeyToken token = KeyToken.of(key, true);
        if (token == null) {
            ended.accept(SyncOutcome.UNFIT);
        } else if (!from.isReady() || !to.usable() || !to.speaksMeta() || !loop.mayRepair()) {
            ended.accept(SyncOutcome.FAILED);
        } else {
            new KeySync(loop, from, to, token, sourceWritten, ended).read();
        }
    }

    /**
     * Deletes a key that no client uses at that server.
     *
     * @param ended  receives the outcome once, possibly before this method returns
     */
    public static void delete(LoopContext loop, ServerConnection at, Key key, Consumer<SyncOutcome> ended) {
        KeyToken token = KeyToken.of(key, at.speaksMeta());
        if (token == null) {
            ended.accept(SyncOutcome.UNFIT);
        } else if (!at.usable() || !at.speaksMeta() || !loop.mayRepair()) {
            ended.accept(SyncOutcome.FAILED);
        } else {
            delete(at, token, SyncOutcome.DELETED, ended);
        }
    }

    private void read() {
        source.read(new ItemRead.ReadListener() {
            @Override
            public void found(ItemRead.StoredItem item, ByteRanges data) {
                try {
                    if (from.mayHoldMarks() && item.isLease()) {
                        absent();
                    } else {
                        take(item, data);
                    }
                } finally {
                    data.release();
                }
            }

            @Override
            public void absent() {
                if (holdersLeft > 0) {
                    askNextHolder();
                } else if (from.isSure() && mayGoOn()) {
                    delete(to, key, SyncOutcome.DELETED, ended);
                } else {
                    ended.accept(SyncOutcome.FAILED);
                }
            }

            @Override
            public void failed() {
                ended.accept(SyncOutcome.FAILED);
            }
        });
    }

    private void askNextHolder() {
        ServerConnection next = from.holders().get(from.holders().size() - holdersLeft--);
        if (next.serves() && mayGoOn()) {
            source = CopySource.of(next, key);
            read();
        } else {
            ended.accept(SyncOutcome.FAILED);
        }
    }

    private boolean mayGoOn() {
        return to.usable() && to.speaksOver(channel) && loop.mayRepair();
    }

    /** The stub of an item that a client is recaching is no item: it would become a hit with an empty value. */
    private void take(ItemRead.StoredItem item, ByteRanges data) {
        if (item.rightTaken() && loop.mayRepair()) {
            sourceWritten.run();
            source.giveBackRight(item);
        }
        long exptime =
                ItemLifetime.exptime(item.remainingSeconds(), to.state().clock().seconds(loop.nowNanos()));
        if (!mayGoOn()) {
            ended.accept(SyncOutcome.FAILED);
        } else if (item.isStub() || exptime == ItemLifetime.OVER) {
            delete(to, key, SyncOutcome.DELETED, ended);
        } else {
            store(item, exptime, data);
        }
    }

    private void store(ItemRead.StoredItem item, long exptime, ByteRanges data) {
        String flags = " " + item.valueBytes() + base64() + " T" + exptime + " F" + Long.toUnsignedString(item.flags())
                + idOf(item);
        to.send(new BufferedRequest(ReplyShape.META_STORED, new StoreListener(item.stale())), out -> {
            line(out, "ms ", key, flags);
            data.copyTo(out);
        });
    }

    /** An id that the source counted may be one that the target will count, for another value. */
    private String idOf(ItemRead.StoredItem item) {
        if (!to.takesIds() || item.id() == 0) {
            return "";
        }
        return " E" + Long.toUnsignedString(CasTag.isShared(item.id()) ? item.id() : loop.newId());
    }

    /** Behind the item it concerns, on the same connection. */
    private void markStale() {
        if (!mayGoOn()) {
            ended.accept(SyncOutcome.FAILED);
            return;
        }
        to.send(
                new BufferedRequest(ReplyShape.META, new SyncReply(SyncOutcome.COPIED, ended)),
                out -> line(out, "md ", key, base64() + " I"));
    }

    private String base64() {
        return key.encoded() ? " b" : "";
    }

    private static void delete(ServerConnection at, KeyToken key, SyncOutcome outcome, Consumer<SyncOutcome> ended) {
        at.send(
                new BufferedRequest(ReplyShape.META, new SyncReply(outcome, ended)),
                out -> line(out, "md ", key, key.encoded() ? " b" : ""));
    }

    private static void line(OutputBatch channel, String word, KeyToken key, String flags) {
        ByteBuf out = channel.append(LINE_BYTES + key.bytes().length);
        out.writeCharSequence(word, StandardCharsets.US_ASCII);
        out.writeBytes(key.bytes());
        out.writeCharSequence(flags, StandardCharsets.US_ASCII);
        out.writeShort(TextReplies.LINE_END);
    }

    /** A server that cannot store an item may have kept the earlier one. */
    private final class StoreListener implements ReplyListener {

        private final boolean stale;

        StoreListener(boolean stale) {
            this.stale = stale;
        }

        @Override
        public void answered(byte[] reply, ReplyLine meaning) {
            if (meaning == ReplyLine.HD && stale) {
                markStale();
            } else if (meaning == ReplyLine.HD) {
                ended.accept(SyncOutcome.COPIED);
            } else if (mayGoOn()) {
                delete(to, key, SyncOutcome.UNFIT, ended);
            } else {
                ended.accept(SyncOutcome.FAILED);
            }
        }

        @Override
        public void failed(ServerFailure failure) {
            ended.accept(SyncOutcome.FAILED);
        }
    }

    /** That there is nothing to delete, or that the item has gone meanwhile, is as good. */
    private record SyncReply(SyncOutcome outcome, Consumer<SyncOutcome> ended) implements ReplyListener {

        @Override
        public void answered(byte[] reply, ReplyLine meaning) {
            ended.accept(meaning == ReplyLine.HD || meaning == ReplyLine.NF ? outcome : SyncOutcome.FAILED);
        }

        @Override
        public void failed(ServerFailure failure) {
            ended.accept(SyncOutcome.FAILED);
        }
    }
}
